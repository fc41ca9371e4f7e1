import { LogOutput, unsharedOutput } from '@signalbox/hub-address/log-output'
import { formatCount } from '../format-number.ts'
import type { Io } from '../io.ts'

/** How long the last lines may take, in milliseconds. */
const FLUSH_MS = 500

export interface RunningOutput {
  /** Writes a line. */
  say(line: string): void
  /** Writes what is left, and ends the process where its reader stands still. */
  end(): Promise<void>
}

/** The output of a command that runs until it is stopped, whatever becomes of its terminal, pipe or disk. */
export function runningOutput(io: Io): RunningOutput {
  io.onClosedOutput = () => {}
  const output = new LogOutput(unsharedOutput(io.stdout), (count) => `${formatCount(count, 'line')} could not be written here.\n`)
  return {
    say: (line) => output.write(`${line}\n`),
    async end() {
      if (!(await output.flush(FLUSH_MS))) io.exit(io.exitCode)
    },
  }
}
