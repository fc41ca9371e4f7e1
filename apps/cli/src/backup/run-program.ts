import type { BackupMessage, BackupStep, RestorePlan } from '@signalbox/contract/backup'
import { startBackgroundApp, stopBackgroundApp } from '../child/background-app.ts'
import { Failure } from '../failure.ts'
import { formatBytes } from '../format-number.ts'
import type { Io } from '../io.ts'
import { drawableOutput } from '../printable-output.ts'
import { listenForStop } from '../up/listen-for-stop.ts'

export type BackupOutcome = Exclude<BackupMessage, { step: unknown } | { confirm: unknown }>

export interface ProgramOptions {
  readonly args: readonly string[]
  /** Asked before a restore replaces anything. @throws Failure to stop */
  readonly confirm?: ((plan: RestorePlan) => Promise<void>) | undefined
}

/** Runs the hub's backup program and shows what it is busy with. @returns its result, or undefined where it said why there is none */
export async function runBackupProgram(io: Io, { args, confirm }: ProgramOptions): Promise<BackupOutcome | undefined> {
  const stop = listenForStop(io)
  const line = stepLine(io)
  const child = startBackgroundApp(io, 'backup', args)
  const result = Promise.withResolvers<BackupOutcome | undefined>()
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.on('message', (message: BackupMessage) => {
    if ('step' in message) line.show(message.step)
    else if ('confirm' in message) {
      line.end()
      Promise.resolve(confirm?.(message.confirm)).then(() => {
        if (child.connected) child.send({ go: true }, () => {})
      }, result.reject)
    } else result.resolve(message)
  })
  const closed = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)))
  child.on('error', (error) => result.reject(new Failure(`the backup program could not be started: ${error.message}.`)))
  void closed.then(() => result.resolve(undefined))
  void stop.requested.then(() => stopBackgroundApp(io, child))
  stop.onRepeat(() => void child.kill('SIGKILL'))
  try {
    const outcome = await result.promise
    io.exitCode = await closed
    line.end()
    io.stderr.write(stop.signal.aborted && outcome === undefined && errors === '' ? 'Stopped. Nothing was changed.\n' : errors)
    return outcome
  } catch (error) {
    stopBackgroundApp(io, child)
    await closed
    throw error
  } finally {
    line.end()
    stop.release()
  }
}

/** One line on a terminal that says what goes on; nothing elsewhere. */
function stepLine({ stderr }: Io): { show(step: BackupStep): void; end(): void } {
  if (!stderr.isTTY) return { show: () => {}, end: () => {} }
  const terminal = drawableOutput(stderr)
  let isShown = false
  return {
    show({ what, file, of }) {
      isShown = true
      const size = of === undefined ? '' : ` (${formatBytes(of)})`
      terminal.write(`\r\u001b[K${[what, file].filter((part) => part !== undefined).join(' ')}${size} …`)
    },
    end() {
      if (isShown) terminal.write('\r\u001b[K')
      isShown = false
    },
  }
}
