import type { UsageGroup } from '@signalbox/contract/usage'
import { readTimeWord, timeWordExamples } from '@signalbox/usage/time-word'
import { addDays, HOUR, localDay, localWeek, parseSince, parseUntil, startOfHour, type WeekStart } from '@signalbox/usage/zone'
import { usageError } from '../failure.ts'

export interface RangeOptions {
  readonly since?: string
  readonly until?: string
  readonly last?: number
  readonly recent?: true
}

/** Days or instants, as a report takes them. */
export interface Range {
  readonly since?: string
  readonly until?: string
}

export interface RangeContext {
  readonly group: UsageGroup
  readonly timezone: string
  readonly weekStart: WeekStart
  /** Milliseconds since 1970. */
  readonly now: number
}

/** `--recent` of blocks is so many days, as in other tools. */
const RECENT_DAYS = 3

/** @throws Failure for a time that is none, and for an end that is not after the start */
export function readRange({ since, until, last, recent }: RangeOptions, context: RangeContext): Range {
  const lastDays = recent === true ? RECENT_DAYS : countsRows(context.group) ? undefined : last
  // Calls of the future, which a wrong clock has left, are not among the last ones.
  const upToNow = lastDays === undefined ? undefined : new Date(context.now + 1).toISOString()
  const end = until === undefined ? upToNow : readEnd('until', until, context)
  const start =
    since !== undefined
      ? readEnd('since', since, context)
      : lastDays === undefined
        ? undefined
        : startOfLast(lastDays, recent ? 'day' : context.group, end, context)
  const { timezone } = context
  if (start !== undefined && end !== undefined && parseSince(timezone, start) >= parseUntil(timezone, end)) {
    throw usageError(`--since ${since ?? start} must be before --until ${until}.`)
  }
  return { ...(start === undefined ? {} : { since: start }), ...(end === undefined ? {} : { until: end }) }
}

/** Whether `--last` counts the rows of a group: they are no equal spans of time. */
export function countsRows(group: UsageGroup): boolean {
  return group === 'session' || group === 'block'
}

function readEnd(option: 'since' | 'until', text: string, { timezone, now }: RangeContext): string {
  try {
    const read = readTimeWord(text, option, timezone, now)
    if (option === 'since') parseSince(timezone, read)
    else parseUntil(timezone, read)
    return read
  } catch (error) {
    throw usageError(`--${option}: ${(error as Error).message}.`, `Words work too: ${timeWordExamples}.`)
  }
}

/** The first day or hour of the last spans of a group, of which the current one is the last, or that in which the range ends. */
function startOfLast(count: number, group: UsageGroup, until: string | undefined, { timezone, weekStart, now }: RangeContext): string {
  const at = until === undefined ? now : Math.min(now, parseUntil(timezone, until) - 1)
  const day = localDay(timezone, at)
  if (group === 'hour') return new Date(startOfHour(timezone, at) - (count - 1) * HOUR).toISOString()
  if (group === 'week') return addDays(localWeek(timezone, at, weekStart), -7 * (count - 1))
  if (group !== 'month') return addDays(day, 1 - count)
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - count
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`
}
