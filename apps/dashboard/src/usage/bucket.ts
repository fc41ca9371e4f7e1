import { toLocalDay } from '../ui/time-format.ts'
import { addDays, nextMonth } from './calendar.ts'
import type { DayRange, Step } from './range.ts'

const HOUR_MS = 3_600_000
/** Upper limit for custom ranges. */
const MAX_BUCKETS = 2_000

export interface BucketFrame {
  readonly step: Step
  readonly range: DayRange
  readonly zone: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * All buckets of a range, in order: those of the rows, under the hub's names, and the empty ones, which the hub does not
 * send. Hours are instants, months are YYYY-MM, days and weeks are YYYY-MM-DD.
 * The first day of a week is a setting of the hub, so weeks are counted from those that have calls.
 */
export function buildBuckets(present: readonly string[], frame: BucketFrame): string[] {
  const sorted = [...present].sort()
  return frame.step === 'hour' ? buildHourBuckets(sorted, frame) : buildCalendarBuckets(sorted, frame)
}

function buildCalendarBuckets(sorted: readonly string[], { step, range, zone, now }: BucketFrame): string[] {
  const today = toLocalDay(now, zone)
  const end = later(sorted.at(-1), range.until !== undefined && range.until < today ? range.until : today)
  const next = step === 'day' ? (day: string) => addDays(day, 1) : step === 'week' ? (day: string) => addDays(day, 7) : nextMonth
  const toBucket = (day: string) => (step === 'month' ? day.slice(0, 7) : day)
  let first = sorted[0]
  if (step === 'week') {
    if (first === undefined) return []
    while (range.since !== undefined && first > range.since) first = addDays(first, -7)
  } else if (range.since !== undefined) {
    first = toBucket(first === undefined || range.since < first ? range.since : first)
  }
  if (first === undefined) return []
  const buckets: string[] = []
  for (let bucket = first; bucket <= toBucket(end) && buckets.length < MAX_BUCKETS; bucket = next(bucket)) buckets.push(bucket)
  return buckets
}

function later(one: string | undefined, other: string): string {
  return one === undefined || one < other ? other : one
}

function buildHourBuckets(sorted: readonly string[], { range, zone, now }: BucketFrame): string[] {
  const known = new Map(sorted.map((hour) => [Date.parse(hour), hour]))
  const instants = [...known.keys()]
  const within = (instant: number) =>
    (range.since === undefined || toLocalDay(instant, zone) >= range.since) &&
    (range.until === undefined || toLocalDay(instant, zone) <= range.until)
  // Without a call the current hour is the anchor.
  const anchor = instants[0] ?? startOfHour(now, zone)
  const filled: number[] = []
  if (range.since !== undefined)
    for (let at = anchor - HOUR_MS; within(at) && filled.length < MAX_BUCKETS; at -= HOUR_MS) filled.unshift(at)
  // By whole hours from one known hour to the next: where clocks change by half an hour, known hours stay unchanged.
  for (const [index, at] of instants.entries()) {
    for (let step = at; step < (instants[index + 1] ?? at + 1) && filled.length < MAX_BUCKETS; step += HOUR_MS) filled.push(step)
  }
  const last = filled.at(-1) ?? anchor - HOUR_MS
  for (let at = instants.length === 0 ? anchor : last + HOUR_MS; at <= now && within(at) && filled.length < MAX_BUCKETS; at += HOUR_MS) {
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
