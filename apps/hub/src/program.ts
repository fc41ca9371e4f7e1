import { printableText } from '@signalbox/contract/printable'
import { SettingsError } from '@signalbox/contract/setting'
import { formatStartError } from './start-error.ts'

/** Invalid arguments: exit code 2. */
export class UsageError extends Error {}

/** Prints a line, in which a name of a key or a machine cannot command the terminal. */
export function printLine(text: string, write: (line: string) => void = console.log): void {
  write(printableText(text))
}

/** Runs a program of the hub. Its errors become a line on stderr with the next step, and the exit code. */
export async function runProgram(name: string, usage: string, main: (args: string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    if (error instanceof UsageError) {
      printLine(`signalbox ${name}: ${error.message}\n${usage}`, console.error)
      process.exitCode = 2
    } else {
      const lines = error instanceof SettingsError ? error.problems : [formatStartError(error, process.env)]
      if (lines[0] === undefined) throw error
      for (const line of lines) printLine(`signalbox ${name}: ${line}`, console.error)
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
