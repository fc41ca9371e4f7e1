import { dayOf } from '../ui/time-format.ts'
import { addDays, nextMonth } from './calendar.ts'
import type { DayRange, Step } from './range.ts'

const HOUR = 3_600_000
/** More bars than this are never drawn, whatever a range made by hand asks for. */
const MOST = 2_000

export interface BucketFrame {
  readonly step: Step
  readonly range: DayRange
  readonly zone: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Every bucket of a range, in order: those of the rows (as the hub named them) and the empty ones around and between,
 * which the hub does not send. Hours are instants, months are YYYY-MM, days and weeks are YYYY-MM-DD.
 * A week's first day is the hub's setting, so weeks are counted from those that have calls.
 */
export function bucketsOf(present: readonly string[], frame: BucketFrame): string[] {
  const sorted = [...present].sort()
  return frame.step === 'hour' ? hours(sorted, frame) : calendarBuckets(sorted, frame)
}

function calendarBuckets(sorted: readonly string[], { step, range, zone, now }: BucketFrame): string[] {
  const today = dayOf(now, zone)
  const end = later(sorted.at(-1), range.until !== undefined && range.until < today ? range.until : today)
  const next = step === 'day' ? (day: string) => addDays(day, 1) : step === 'week' ? (day: string) => addDays(day, 7) : nextMonth
  const cut = (day: string) => (step === 'month' ? day.slice(0, 7) : day)
  let first = sorted[0]
  if (step === 'week') {
    if (first === undefined) return []
    while (range.since !== undefined && first > range.since) first = addDays(first, -7)
  } else if (range.since !== undefined) {
    first = cut(first === undefined || range.since < first ? range.since : first)
  }
  if (first === undefined) return []
  const buckets: string[] = []
  for (let bucket = first; bucket <= cut(end) && buckets.length < MOST; bucket = next(bucket)) buckets.push(bucket)
  return buckets
}

function later(one: string | undefined, other: string): string {
  return one === undefined || one < other ? other : one
}

function hours(sorted: readonly string[], { range, zone, now }: BucketFrame): string[] {
  const known = new Map(sorted.map((hour) => [Date.parse(hour), hour]))
  const instants = [...known.keys()]
  const within = (instant: number) =>
    (range.since === undefined || dayOf(instant, zone) >= range.since) && (range.until === undefined || dayOf(instant, zone) <= range.until)
  // Without a call there is no hour to count from; the hour that is running is one.
  const anchor = instants[0] ?? startOfHour(now, zone)
  const filled: number[] = []
  if (range.since !== undefined) for (let at = anchor - HOUR; within(at) && filled.length < MOST; at -= HOUR) filled.unshift(at)
  // From one known hour to the next by whole hours: where clocks change by half an hour, the known ones stay as they are.
  for (const [index, at] of instants.entries()) {
    for (let step = at; step < (instants[index + 1] ?? at + 1) && filled.length < MOST; step += HOUR) filled.push(step)
  }
  const last = filled.at(-1) ?? anchor - HOUR
  for (let at = instants.length === 0 ? anchor : last + HOUR; at <= now && within(at) && filled.length < MOST; at += HOUR) {
    if (at > last) filled.push(at)
  }
  return filled.map((at) => known.get(at) ?? new Date(at).toISOString())
}

function startOfHour(instant: number, zone: string): number {
  const minute = Number(
    new Intl.DateTimeFormat('en-US', { timeZone: zone, minute: 'numeric', numberingSystem: 'latn' })
      .formatToParts(instant)
      .find(({ type }) => type === 'minute')?.value ?? 0,
  )
  return Math.floor(instant / 60_000) * 60_000 - minute * 60_000
}
