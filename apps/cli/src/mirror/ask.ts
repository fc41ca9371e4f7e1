import type { MirrorMessage } from '@signalbox/contract/mirror'
import { startTelling, stopTelling } from '../child/telling-app.ts'
import { Failure } from '../failure.ts'
import { type Told, untilToldToStop } from '../up/until-told-to-stop.ts'

export interface Answer {
  readonly code: number
  /** What it wrote on stderr. */
  readonly words: string
  readonly told: Told
}

/** Has the hub's own program do it, and hears what it tells until it ends. Ctrl-C stops it between two files. */
export async function ask(command: 'rebuild' | 'status', hear: (message: MirrorMessage) => void): Promise<Answer> {
  const told = untilToldToStop()
  const child = startTelling('mirror', [command])
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words += text
  })
  child.on('message', hear)
  void told.stop.then(() => stopTelling(child))
  told.again(() => void child.kill('SIGKILL'))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', (error) => reject(new Failure(`the mirror could not be looked at: ${error.message}.`)))
    child.on('close', (end) => resolve(end ?? 1))
  })
  return { code, words, told }
}
