import type { UsageRange } from '@signalbox/contract/usage-range'
import { addDays, localDay, localMonth, localWeek, parseSince, parseUntil, TimeError } from '@signalbox/usage/zone'
import { type ToolContext, ToolError } from './tool.ts'

/** Days of a zone, inclusive at both ends, or instants; as `GET /api/usage` takes them. */
export interface Span {
  readonly since?: string
  readonly until?: string
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** @throws ToolError for a day that the calendar does not have */
export function spanOf(range: UsageRange, { now, timezone, weekStart }: Pick<ToolContext, 'now' | 'timezone' | 'weekStart'>): Span {
  const today = localDay(timezone, now)
  const month = localMonth(timezone, now)
  switch (range) {
    case 'all':
      return {}
    case 'today':
      return { since: today, until: today }
    case 'yesterday':
      return { since: addDays(today, -1), until: addDays(today, -1) }
    case 'this_week':
      return { since: localWeek(timezone, now, weekStart), until: today }
    case 'last_week': {
      const thisWeek = localWeek(timezone, now, weekStart)
      return { since: addDays(thisWeek, -7), until: addDays(thisWeek, -1) }
    }
    case 'this_month':
      return { since: `${month}-01`, until: today }
    case 'last_month': {
      const end = addDays(`${month}-01`, -1)
      return { since: `${end.slice(0, 7)}-01`, until: end }
    }
    case 'this_year':
      return { since: `${month.slice(0, 4)}-01-01`, until: today }
  }
  const last = /^last_(\d+)([mhd])$/.exec(range)
  if (last !== null) {
    const count = Number(last[1])
    const unit = last[2] as keyof typeof unitMs
    if (unit === 'd') return { since: addDays(today, 1 - count), until: today }
    // To the minute and without an end, so that the hub can answer a repeated question from its cache.
    const since = now - count * unitMs[unit]
    return { since: new Date(since - (since % unitMs.m)).toISOString() }
  }
  const [since, until = since] = range.split('..') as [string, string?]
  const span = { since, until }
  checkDays(span, timezone)
  return span
}

/** The instants of a span, the end exclusive. */
export function boundsOf({ since, until }: Span, timezone: string): { readonly from: number; readonly to: number } {
  return {
    from: since === undefined ? Number.NEGATIVE_INFINITY : parseSince(timezone, since),
    to: until === undefined ? Number.POSITIVE_INFINITY : parseUntil(timezone, until),
  }
}

function checkDays(span: Span, timezone: string): void {
  try {
    const { from, to } = boundsOf(span, timezone)
    if (from < to) return
  } catch (error) {
    if (!(error instanceof TimeError)) throw error
    throw new ToolError(`There is no such day in ${span.since}..${span.until}`, 'Write days that exist, such as 2026-03-13.')
  }
  throw new ToolError(`The range ends before it begins: ${span.since}..${span.until}`, 'Write the earlier day first.')
}
