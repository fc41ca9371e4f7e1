import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type App, appEnv, appFile, nodeFlags } from '../child/app.ts'
import { childEnv } from '../child/child-env.ts'
import { Failure } from '../failure.ts'
import type { Io } from '../io.ts'

export interface SuperviseOptions {
  readonly app: App
  /** Called at every start. */
  readonly env: () => NodeJS.ProcessEnv
  /** Receives each line of output. */
  readonly line: (line: string, stream: 'stdout' | 'stderr') => void
  /** Receives each IPC message; the first one that it accepts (true) means that the child has started. */
  readonly message: (message: unknown) => boolean
  /** Called when it has exited and will be restarted after `delay` milliseconds. */
  readonly restarting: (how: string, delay: number) => void
}

/** A child process that is restarted when it exits. */
export interface SupervisedChild {
  /** Resolves when it has started for the first time. @throws Failure when it exited instead */
  readonly started: Promise<void>
  send(message: object): void
  /** Stops it, by SIGKILL after so many milliseconds. */
  stop(timeoutMs?: number): Promise<void>
  /** Sends SIGKILL. */
  kill(): void
}

const MIN_RESTART_DELAY_MS = 1_000
const MAX_RESTART_DELAY_MS = 30_000
/** A child that ran this long resets the restart delay. */
const STABLE_AFTER_MS = 60_000
const STOP_TIMEOUT_MS = 7_000

export function supervise(io: Io, options: SuperviseOptions): SupervisedChild {
  const { app, env, line, message, restarting } = options
  let child: ChildProcess | undefined
  let stopping = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let hasStarted = false
  const started = Promise.withResolvers<void>()
  // Not an unhandled rejection when no caller waits.
  started.promise.catch(() => {})

  const start = () => {
    const startedAt = io.now()
    const startErrors: string[] = []
    const current = fork(appFile(app), [], {
      execPath: io.system.nodePath,
      execArgv: [...nodeFlags(app)],
      env: childEnv(io, { ...appEnv(app), ...env() }),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C then reaches only the parent, which stops the children in order. On Windows it would open a window.
      detached: io.system.platform !== 'win32',
    })
    child = current
    for (const stream of ['stdout', 'stderr'] as const) {
      const source = current[stream]
      if (source === null) continue
      createInterface({ input: source }).on('line', (text) => {
        // Before it has started, stderr is the reason why it could not.
        if (stream === 'stderr' && !hasStarted) startErrors.push(text)
        else line(text, stream)
      })
    }
    current.on('message', (received) => {
      if (!message(received) || hasStarted) return
      hasStarted = true
      for (const text of startErrors.splice(0)) line(text, 'stderr')
      started.resolve()
    })
    const onExit = (how: string) => {
      if (child !== current) return
      child = undefined
      if (stopping) return
      if (!hasStarted) {
        stopping = true
        const reason = startErrors.join('\n').replace(/^signalbox( \w+)?: /, '')
        started.reject(new Failure(reason || `the ${app} exited (${how}) before it had started.`))
        return
      }
      failures = io.now() - startedAt > STABLE_AFTER_MS ? 0 : failures + 1
      const delay = Math.min(MAX_RESTART_DELAY_MS, MIN_RESTART_DELAY_MS * 2 ** Math.max(0, failures - 1))
      restarting(how, delay)
      timer = setTimeout(start, delay)
    }
    current.on('error', (error) => onExit(error.message))
    // `close` comes after all output has been read.
    current.on('close', (code, signal) => onExit(signal ?? `exit code ${code}`))
  }
  start()

  return {
    started: started.promise,
    send: (message) => {
      if (child?.connected) child.send(message, () => {})
    },
    kill: () => void child?.kill('SIGKILL'),
    async stop(timeoutMs = STOP_TIMEOUT_MS) {
      stopping = true
      clearTimeout(timer)
      const last = child
      if (last === undefined) return
      const closed = new Promise<void>((resolve) => last.once('close', () => resolve()))
      // Windows has no signals; there a closed IPC channel means stop.
      if (io.system.platform === 'win32') last.disconnect()
      else last.kill('SIGTERM')
      const killTimer = setTimeout(() => last.kill('SIGKILL'), timeoutMs)
      await closed
      clearTimeout(killTimer)
    },
  }
}
