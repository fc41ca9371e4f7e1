import { limitStop } from '@signalbox/hub-address/end-process'
import { processExists } from '@signalbox/hub-address/process-start'
import type { Io, StopSignal } from './io.ts'
import { localZone } from './local-zone.ts'

const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The real process. This file and main.ts are the only ones that use it. */
export function processIo(inheritedEnv: NodeJS.ProcessEnv = process.env, inheritedUmask?: number): Io {
  return {
    // Opened when it is asked for: most commands read nothing, and it takes as long as a report.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    inheritedEnv,
    cwd: process.cwd(),
    system: {
      platform: process.platform,
      arch: process.arch,
      nodeVersion: process.version,
      nodePath: process.execPath,
      pid: process.pid,
      ppid: process.ppid,
      timeZone: () => localZone(process.env.TZ),
      isRunning: processExists,
      kill,
      withInheritedUmask(start) {
        if (inheritedUmask === undefined) return start()
        const own = process.umask(inheritedUmask)
        try {
          return start()
        } finally {
          process.umask(own)
        }
      },
    },
    now: Date.now,
    exitCode: 0,
    exit: (code) => process.exit(code),
    limitStop,
    onClosedOutput: undefined,
    onSignal(signal, listener) {
      process.on(signal, listener)
      return () => void process.removeListener(signal, listener)
    },
    onStopSignal(listener) {
      const onDisconnect = () => listener('SIGTERM')
      for (const signal of signals) process.on(signal, listener)
      process.on('disconnect', onDisconnect)
      return () => {
        for (const signal of signals) process.removeListener(signal, listener)
        process.removeListener('disconnect', onDisconnect)
      }
    },
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
