import type { ChildProcess } from 'node:child_process'
import type { Copied, CopyMessage, CopyOpened } from '@signalbox/contract/store-copy'
import { startTelling, stopTelling } from '../child/telling-app.ts'
import { Failure } from '../failure.ts'
import { type ConfirmOptions, confirm, requireSomebody } from '../hub/confirm.ts'
import { printJson } from '../hub/told.ts'
import { printable } from '../printable.ts'
import { terminalOf } from '../terminal.ts'
import { untilToldToStop } from '../up/until-told-to-stop.ts'
import { progressBar } from './progress.ts'
import { copiedText, sizeText } from './table.ts'

export interface CopyOptions extends ConfirmOptions {
  readonly from?: string
  readonly to?: string
  readonly json?: true
}

const goesOn = 'Stopped. What was copied until then stays; the same command goes on from there.\n'

/** The hub's own program does the work; here is how it is asked and shown. @returns the exit code */
export async function copy(options: CopyOptions): Promise<number> {
  const told = untilToldToStop()
  const bar = progressBar(process.stderr)
  const child = start(options)
  const answer = Promise.withResolvers<Copied | undefined>()
  let begun = false
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words += text
  })
  child.on('message', (message: CopyMessage) => {
    if ('opened' in message) {
      allow(message.opened, options).then(() => {
        begun = true
        bar.open(message.opened.source)
        if (child.connected) child.send({ go: true }, () => {})
      }, answer.reject)
    } else if ('progress' in message) bar.report(message.progress)
    else answer.resolve(message.done)
  })
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)))
  child.on('error', (error) => answer.reject(new Failure(`the copy could not be started: ${error.message}.`)))
  void ended.then(() => answer.resolve(undefined))
  void told.stop.then(() => stopTelling(child))
  told.again(() => void child.kill('SIGKILL'))
  try {
    const copied = await answer.promise
    const code = await ended
    bar.end()
    if (copied !== undefined) print(copied, options)
    if (told.stopped() && begun && copied?.finished !== true) process.stderr.write(goesOn)
    else process.stderr.write(words)
    return code
  } catch (error) {
    stopTelling(child)
    await ended
    throw error
  } finally {
    bar.end()
  }
}

function start({ from, to, yes }: CopyOptions): ChildProcess {
  const args = [...(from === undefined ? [] : [`--from=${from}`]), ...(to === undefined ? [] : [`--to=${to}`]), ...(yes ? ['--yes'] : [])]
  return startTelling('copy', args)
}

/** @throws Failure when the target is not empty and nobody says that it may be written into */
async function allow({ to, target }: CopyOpened, options: CopyOptions): Promise<void> {
  const full = Object.values(target).some((many) => many > 0)
  if (!full || options.yes) return
  requireSomebody(`${printable(to)} is not empty. Copying into it`, options)
  await confirm(`${printable(to)} has ${sizeText(target)} already. Copy into it?`, options)
}

function print(copied: Copied, { json }: CopyOptions): void {
  if (json) printJson(copied)
  else process.stdout.write(copiedText(copied, terminalOf(process.stdout, process.env)))
}
