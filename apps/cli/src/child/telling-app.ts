import { type ChildProcess, fork } from 'node:child_process'
import { type App, fileOf, flagsOf } from './app.ts'
import { childEnv } from './child-env.ts'

/** Starts a program of ours that tells over its channel what it does, and on stderr why it could not. */
export function startTelling(app: App, args: readonly string[]): ChildProcess {
  return fork(fileOf(app), [...args], {
    execArgv: [...flagsOf(app)],
    env: childEnv(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C goes to us alone, and we stop it when a piece is whole. Windows would open a window instead.
    detached: process.platform !== 'win32',
  })
}

export function stopTelling(child: ChildProcess): void {
  // Windows has no signals; there the broken channel is the word to stop.
  if (process.platform === 'win32') {
    if (child.connected) child.disconnect()
  } else child.kill('SIGTERM')
}
