import type { ChildProcess } from 'node:child_process'
import { printable } from '@signalbox/contract/printable'
import type { CopyMessage, CopyOpened, CopyResult } from '@signalbox/contract/store-copy'
import { startBackgroundApp, stopBackgroundApp } from '../child/background-app.ts'
import { Failure } from '../failure.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { printJson } from '../hub/print-result.ts'
import type { Io } from '../io.ts'
import { createRecordBar } from '../progress.ts'
import { createTerminal } from '../terminal.ts'
import { listenForStop } from '../up/listen-for-stop.ts'
import { formatCopied, formatSize } from './table.ts'

export interface CopyOptions extends ConfirmOptions {
  readonly from?: string
  readonly to?: string
  readonly json?: true
}

const STOPPED = 'Stopped. Records copied so far are kept; run the same command to continue.\n'

/** Runs the hub's copy program, and shows its progress and result. @returns the exit code */
export async function copy(io: Io, options: CopyOptions): Promise<number> {
  const stop = listenForStop(io)
  const bar = createRecordBar(io.stderr, 'Copying', 'record')
  const child = start(io, options)
  const result = Promise.withResolvers<CopyResult | undefined>()
  let started = false
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.on('message', (message: CopyMessage) => {
    if ('opened' in message) {
      confirmTarget(io, message.opened, options).then(() => {
        started = true
        bar.open(message.opened.source)
        if (child.connected) child.send({ go: true }, () => {})
      }, result.reject)
    } else if ('progress' in message) bar.report(message.progress)
    else result.resolve(message.done)
  })
  const closed = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)))
  child.on('error', (error) => result.reject(new Failure(`the copy could not be started: ${error.message}.`)))
  void closed.then(() => result.resolve(undefined))
  void stop.requested.then(() => stopBackgroundApp(io, child))
  stop.onRepeat(() => void child.kill('SIGKILL'))
  try {
    const copied = await result.promise
    const code = await closed
    bar.end()
    if (copied !== undefined) print(io, copied, options)
    if (stop.signal.aborted && started && copied?.finished !== true) io.stderr.write(STOPPED)
    else io.stderr.write(errors)
    return code
  } catch (error) {
    stopBackgroundApp(io, child)
    await closed
    throw error
  } finally {
    bar.end()
    stop.release()
  }
}

function start(io: Io, { from, to, yes }: CopyOptions): ChildProcess {
  const args = [...(from === undefined ? [] : [`--from=${from}`]), ...(to === undefined ? [] : [`--to=${to}`]), ...(yes ? ['--yes'] : [])]
  return startBackgroundApp(io, 'copy', args)
}

/** @throws Failure when the target is not empty, and the user does not confirm */
async function confirmTarget(io: Io, { to, target }: CopyOpened, options: CopyOptions): Promise<void> {
  const isEmpty = Object.values(target).every((count) => count === 0)
  if (isEmpty || options.yes) return
  requireConfirmation(io, `${printable(to)} is not empty. Copying into it`, options)
  await confirm(io, `${printable(to)} already has ${formatSize(target)}. Copy into it?`, options)
}

function print(io: Io, copied: CopyResult, { json }: CopyOptions): void {
  if (json) printJson(io, copied)
  else io.stdout.write(formatCopied(copied, createTerminal(io)))
}
