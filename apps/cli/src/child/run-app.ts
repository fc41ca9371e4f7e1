import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Failure } from '../failure.ts'
import type { Io } from '../io.ts'
import { type App, appEnv, appFile, nodeFlags } from './app.ts'
import { childEnv } from './child-env.ts'

/**
 * Runs a program with our standard streams until it ends.
 * @returns its exit code
 */
export function runApp(io: Io, app: App, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(io.system.nodePath, [...nodeFlags(app), appFile(app), ...args], {
    stdio: [...stdioOf(io), 'ipc'],
    env: childEnv(io, { ...appEnv(app), ...env }),
  })
  return untilEnded(io, child, app)
}

/** Connects the piped output of a child; other output may follow it. */
export function pipeOutput({ stdout, stderr }: Io, child: ChildProcess): void {
  child.stdout?.pipe(stdout, { end: false })
  child.stderr?.pipe(stderr, { end: false })
}

/** `inherit` for the streams of the process, a pipe for others. */
export function stdioOf({ stdin, stdout, stderr }: Io): ('inherit' | 'pipe')[] {
  return [stdin, stdout, stderr].map((stream) => ('fd' in stream ? 'inherit' : 'pipe'))
}

/**
 * Connects the piped streams of a child, passes signals on to it, and waits for its end.
 * @returns its exit code
 */
async function untilEnded(io: Io, child: ChildProcess, name: string): Promise<number> {
  if (child.stdin !== null) {
    // A child that has ended reads no more.
    child.stdin.on('error', () => {})
    io.stdin.pipe(child.stdin)
  }
  pipeOutput(io, child)
  // A Ctrl-C reaches the whole process group, so the child may receive it twice; it treats both as one.
  const removeListener = io.onStopSignal((signal) => child.kill(signal))
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (error) => reject(new Failure(`the ${name} could not be started: ${error.message}.`)))
      // `close` comes after all output has been read.
      child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
  } finally {
    removeListener()
  }
}
