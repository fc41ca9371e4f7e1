import { SettingsError } from '@signalbox/contract/setting'
import { endOnOutputError } from '@signalbox/hub-address/output-error'
import { printError } from '@signalbox/hub-address/print'
import { formatStartError, StartError } from './start-error.ts'

/** Invalid arguments: exit code 2. */
export class UsageError extends Error {}

/** Runs a program of the hub. Its errors become a line on stderr with the next step, and the exit code. */
export async function runProgram(name: string, usage: string, main: (args: string[]) => Promise<void>): Promise<void> {
  endOnOutputError(`signalbox ${name}`)
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    if (error instanceof UsageError) {
      printError(`signalbox ${name}: ${error.message}\n${usage}`)
      process.exitCode = 2
    } else {
      const lines = error instanceof SettingsError ? error.problems : [formatStartError(error, process.env)]
      if (lines[0] === undefined) throw error
      for (const line of lines) printError(`signalbox ${name}: ${line}`)
      process.exitCode = 1
    }
  }
}

/** A signal that aborts on SIGTERM or SIGINT; the second one exits at once. */
export function stopSignal(): AbortSignal {
  const end = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (end.signal.aborted) process.exit(1)
      end.abort()
    })
  }
  return end.signal
}

/** Waits until the parent process confirms over the IPC channel. @throws StartError with `otherwise` when this one is stopped before */
export async function parentConfirms(stop: AbortSignal, otherwise: string): Promise<void> {
  // The channel alone does not keep the process running.
  process.channel?.ref()
  try {
    await new Promise<void>((resolve, reject) => {
      process.once('message', () => resolve())
      stop.addEventListener('abort', () => reject(new StartError(otherwise)))
    })
  } finally {
    process.channel?.unref()
  }
}
