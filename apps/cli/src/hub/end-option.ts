import { parseDuration } from '@signalbox/client/alert-parameter'
import { type Command, InvalidArgumentError } from 'commander'
import { usageError } from '../failure.ts'
import type { Io } from '../io.ts'

/** When a snooze or a pause ends. */
export interface EndOptions {
  /** Milliseconds. */
  readonly for?: number
  /** An instant to come, ISO 8601. */
  readonly until?: string
}

/** A snooze that is set, or with `--end` is over. */
export interface SnoozeEndOptions extends EndOptions {
  readonly end?: true
  readonly untilChanged?: true
}

const MAX_MS = 366 * 86_400_000

/** Adds `--for` and `--until`, of which one is given at most. */
export function endOptions(command: Command, { now }: Io): Command {
  return command
    .option('--for <time>', 'how long, such as 30m, 4h or 2d (default: 1h)', durationOf)
    .option('--until <time>', 'until this time, such as 2027-01-31T08:00, in the zone of this machine', (text) => {
      const end = Date.parse(text)
      if (!(end > now())) throw new InvalidArgumentError('It must be a time to come such as 2027-01-31T08:00.')
      return new Date(end).toISOString()
    })
}

/** The same, and `--end`, which takes none of them. */
export function snoozeEndOptions(command: Command, io: Io): Command {
  return endOptions(command, io).option('--end', 'end it now; without the others')
}

/** The end of a snooze as the hub takes it; undefined where it is over now. */
export function toSnoozeEnd(options: SnoozeEndOptions): ReturnType<typeof toEnd> | undefined {
  if (options.end === undefined) return toEnd(options)
  const others = { '--for': options.for, '--until': options.until, '--until-changed': options.untilChanged }
  for (const [other, value] of Object.entries(others)) if (value !== undefined) throw usageError(`--end and ${other} exclude each other.`)
  return undefined
}

/** The end as the hub takes it. */
export function toEnd({ for: length, until }: EndOptions): { readonly for_ms: number } | { readonly until: string } {
  if (length !== undefined && until !== undefined) throw usageError('--for and --until exclude each other.')
  return until === undefined ? { for_ms: length ?? 3_600_000 } : { until }
}

function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms < 1_000 || ms > MAX_MS) throw new InvalidArgumentError('It must be a time such as 30m, 4h or 2d, up to 366d.')
  return ms
}
