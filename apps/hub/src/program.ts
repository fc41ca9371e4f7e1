import { SettingsError } from '@signalbox/contract/setting'
import { startError } from './start-error.ts'

/** Words that make no sense together: exit code 2. */
export class UsageError extends Error {}

/** Runs a program of the hub to its end: what goes wrong is a line on stderr that says what to do, and its exit code. */
export async function runProgram(name: string, usage: string, main: (words: string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`signalbox ${name}: ${error.message}\n${usage}`)
      process.exitCode = 2
    } else {
      const lines = error instanceof SettingsError ? error.problems : [startError(error, process.env)]
      if (lines[0] === undefined) throw error
      for (const line of lines) console.error(`signalbox ${name}: ${line}`)
      process.exitCode = 1
    }
  }
}

/** Aborted when somebody wants us to stop; whoever says it twice means at once. */
export function stopped(): AbortSignal {
  const end = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (end.signal.aborted) process.exit(1)
      end.abort()
    })
  }
  return end.signal
}
