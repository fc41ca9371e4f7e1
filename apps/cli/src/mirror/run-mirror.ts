import type { MirrorMessage } from '@signalbox/contract/mirror'
import { startBackgroundApp, stopBackgroundApp } from '../child/background-app.ts'
import { Failure } from '../failure.ts'
import type { Io } from '../io.ts'
import { listenForStop } from '../up/listen-for-stop.ts'

export interface MirrorRun {
  readonly code: number
  /** The output on stderr. */
  readonly errors: string
  /** A signal has stopped it. */
  readonly stopped: boolean
}

/** Runs the hub's mirror program to its end. Ctrl-C stops it between two files. */
export async function runMirror(io: Io, command: 'rebuild' | 'status', onMessage: (message: MirrorMessage) => void): Promise<MirrorRun> {
  const stop = listenForStop(io)
  const child = startBackgroundApp(io, 'mirror', [command])
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.on('message', onMessage)
  void stop.requested.then(() => stopBackgroundApp(io, child))
  stop.onRepeat(() => void child.kill('SIGKILL'))
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', (error) => reject(new Failure(`the mirror program could not be started: ${error.message}.`)))
      child.on('close', (end) => resolve(end ?? 1))
    })
    return { code, errors, stopped: stop.signal.aborted }
  } finally {
    stop.release()
  }
}
