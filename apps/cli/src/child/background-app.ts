import { type ChildProcess, fork } from 'node:child_process'
import type { Io } from '../io.ts'
import { type App, appFile, nodeFlags } from './app.ts'
import { childEnv } from './child-env.ts'

/** Starts a program that reports its progress over IPC, and errors on stderr. */
export function startBackgroundApp(io: Io, app: App, args: readonly string[]): ChildProcess {
  return fork(appFile(app), [...args], {
    execPath: io.system.nodePath,
    execArgv: [...nodeFlags(app)],
    env: childEnv(io),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C then reaches only the parent, which stops the child between two steps. On Windows it would open a window.
    detached: io.system.platform !== 'win32',
  })
}

export function stopBackgroundApp({ system }: Io, child: ChildProcess): void {
  // Windows has no signals; there a closed IPC channel means stop.
  if (system.platform === 'win32') {
    if (child.connected) child.disconnect()
  } else child.kill('SIGTERM')
}
