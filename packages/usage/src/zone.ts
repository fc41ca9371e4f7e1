import { tzOffset } from '@date-fns/tz/tzOffset'
import { isTimeZone, zoneExamples } from '@signalbox/contract/time-zone'

export type WeekStart = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

const weekdays: readonly WeekStart[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** A text is neither a day nor an instant; the message has examples of both. */
export class TimeError extends Error {
  constructor(text: string) {
    super(`"${text}" is not a time; write a day such as 2026-03-13, or an instant such as 2026-03-13T09:30:00Z`)
    this.name = 'TimeError'
  }
}

/** The UTC offset in milliseconds during one interval: one number, or two when it changes. */
type Offsets = number | { readonly at: number; readonly before: number; readonly after: number }

/**
 * The interval between two offset lookups, in milliseconds. A lookup by Intl takes microseconds, and a report needs one per
 * slice; therefore offsets are looked up at both ends of an interval and cached. No zone has changed its clocks twice within
 * six days since 1970 (the closest was Recife in 2000).
 */
const LOOKUP_INTERVAL_MS = 4 * DAY
const MAX_CACHED_INTERVALS = 20_000
const MAX_CACHED_ZONES = 50
const clocks = new Map<string, Clock>()

/** The clock of a time zone: returns the milliseconds to add to UTC at an instant. */
export type Clock = (ms: number) => number

/** Gets the clock of a time zone. @throws RangeError for an unknown zone */
export function zoneClock(zone: string): Clock {
  let clock = clocks.get(zone)
  if (clock === undefined) {
    clock = createClock(zone)
    if (clocks.size >= MAX_CACHED_ZONES) clocks.clear()
    clocks.set(zone, clock)
  }
  return clock
}

/**
 * Declares `zone` as the zone of this machine. Its offsets then come from Date instead of Intl, which takes 20 ms to load.
 * The declaration is not verified.
 */
export function useMachineClock(zone: string): void {
  clocks.set(zone, (ms) => -new Date(ms).getTimezoneOffset() * MINUTE)
}

function createClock(zone: string): Clock {
  // A report in UTC does not have to load Intl, which takes 20 ms.
  if (zone === 'UTC' || zone === 'Etc/UTC') return () => 0
  if (!isTimeZone(zone)) throw new RangeError(`There is no time zone "${zone}"; write ${zoneExamples}`)
  const offsetsOfInterval = new Map<number, Offsets>()
  const startOffsets = new Map<number, number>()
  let lastInterval = Number.NaN
  let last: Offsets = 0
  const startOffset = (interval: number) => {
    let offset = startOffsets.get(interval)
    if (offset === undefined) {
      offset = lookUpOffset(zone, interval * LOOKUP_INTERVAL_MS)
      startOffsets.set(interval, offset)
    }
    return offset
  }
  return (ms) => {
    const interval = Math.floor(ms / LOOKUP_INTERVAL_MS)
    if (interval !== lastInterval) {
      let offsets = offsetsOfInterval.get(interval)
      if (offsets === undefined) {
        if (offsetsOfInterval.size >= MAX_CACHED_INTERVALS) {
          offsetsOfInterval.clear()
          startOffsets.clear()
        }
        const [start, end] = [interval * LOOKUP_INTERVAL_MS, (interval + 1) * LOOKUP_INTERVAL_MS]
        offsets = offsetsBetween(zone, start, startOffset(interval), end, startOffset(interval + 1))
        offsetsOfInterval.set(interval, offsets)
      }
      lastInterval = interval
      last = offsets
    }
    if (typeof last === 'number') return last
    return ms < last.at ? last.before : last.after
  }
}

function offsetsBetween(zone: string, from: number, before: number, to: number, after: number): Offsets {
  if (before === after) return before
  const at = firstInstant(from, to, (ms) => lookUpOffset(zone, ms) !== before)
  return { at, before, after }
}

function lookUpOffset(zone: string, ms: number): number {
  const minutes = tzOffset(zone, new Date(ms))
  if (Number.isNaN(minutes)) throw new RangeError(`There is no offset of "${zone}" at ${ms}`)
  // @date-fns/tz 1.5 returns +00:44:30 for -00:44:30 (Monrovia until 1972).
  const isSignLost = minutes > 0 && minutes < 60 && longOffset(zone, ms).includes('GMT-')
  return Math.round((isSignLost ? -minutes : minutes) * MINUTE)
}

function longOffset(zone: string, ms: number): string {
  return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).format(ms)
}

/** The first millisecond in (from, to] at which `holds` is true, by binary search: it is false before and true from then on. */
function firstInstant(from: number, to: number, holds: (ms: number) => boolean): number {
  let low = from
  let high = to
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

/**
 * The offset from UTC, such as `+02:00`, at an instant whose local time comes twice because clocks go back.
 * @returns undefined at all other instants
 */
export function repeatedOffset(clock: Clock, ms: number): string | undefined {
  const offset = clock(ms)
  // No zone changes its clocks twice within two days.
  const others = [clock(ms - DAY), clock(ms + DAY)].filter((other) => other !== offset)
  return others.some((other) => clock(ms + offset - other) === other) ? offsetText(offset) : undefined
}

function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / MINUTE)
  const digits = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'))
  return `${offset < 0 ? '-' : '+'}${digits.join(':')}`
}

/** The local day of an instant: YYYY-MM-DD. */
export function localDay(zone: string, ms: number): string {
  return dayText(ms + zoneClock(zone)(ms))
}

/** The local month of an instant: YYYY-MM. */
export function localMonth(zone: string, ms: number): string {
  return localDay(zone, ms).slice(0, -3)
}

/** The first day of the local week of an instant: YYYY-MM-DD. */
export function localWeek(zone: string, ms: number, weekStart: WeekStart): string {
  return dayText(weekOf(ms + zoneClock(zone)(ms), weekStart))
}

/**
 * The instant at which a day begins in the zone, in milliseconds: the first instant with its date. Where clocks skip
 * midnight, it is later than 00:00; where they skip the whole day, it is the start of the next day.
 * @param day YYYY-MM-DD
 */
export function startOfDay(zone: string, day: string): number {
  const clock = zoneClock(zone)
  const midnight = dayStart(day)
  // No zone is more than 16 hours from UTC, and no zone changes its clocks twice within two days.
  const offsets = [clock(midnight - 18 * HOUR), clock(midnight), clock(midnight + 18 * HOUR)]
  const midnights = offsets.map((offset) => midnight - offset).filter((ms) => ms + clock(ms) === midnight)
  if (midnights.length > 0) return Math.min(...midnights)
  return firstInstant(midnight - Math.max(...offsets), midnight - Math.min(...offsets), (ms) => ms + clock(ms) >= midnight)
}

/** The instant at which the local hour began. An hour with a clock change begins at the change, so that hours never overlap. */
export function startOfHour(zone: string, ms: number): number {
  return hourOf(zoneClock(zone), ms)
}

/** The instant at which the local week of `ms` began. */
export function startOfWeek(zone: string, ms: number, weekStart: WeekStart): number {
  return startOfDay(zone, localWeek(zone, ms, weekStart))
}

/** The instant at which the local month of `ms` began. */
export function startOfMonth(zone: string, ms: number): number {
  return startOfDay(zone, `${localMonth(zone, ms)}-01`)
}

/** @param day YYYY-MM-DD */
export function addDays(day: string, days: number): string {
  return dayText(dayStart(day) + days * DAY)
}

/**
 * Parses the inclusive start of a range: a day of the zone, or an instant.
 * @throws TimeError
 */
export function parseSince(zone: string, text: string): number {
  return isDay(text) ? startOfDay(zone, text) : parseInstant(text)
}

/**
 * Parses the end of a range as an exclusive instant: a day of the zone is inclusive, an instant exclusive.
 * @throws TimeError
 */
export function parseUntil(zone: string, text: string): number {
  return isDay(text) ? startOfDay(zone, addDays(text, 1)) : parseInstant(text)
}

function parseInstant(text: string): number {
  // An offset is required, because a text without one means different instants on different machines.
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(text)
  const ms = parts && isDay(parts[1]!) ? Date.parse(text.toUpperCase().replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(ms)) throw new TimeError(text)
  return ms
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const ms = Date.parse(text)
  // Date.parse may accept the 30th of February as the 2nd of March.
  if (Number.isNaN(ms) || dayText(ms) !== text) throw new TimeError(text)
  return true
}

// In the functions below, `local` is a local time as if it were UTC, in milliseconds.

export function dayText(local: number): string {
  return new Date(local).toISOString().slice(0, -14)
}

export function monthText(local: number): string {
  return new Date(local).toISOString().slice(0, -17)
}

export function dayOf(local: number): number {
  return Math.floor(local / DAY) * DAY
}

export function weekOf(local: number, weekStart: WeekStart): number {
  const day = Math.floor(local / DAY)
  // 1970-01-01 was a Thursday.
  const weekday = (((day + 4 - weekdays.indexOf(weekStart)) % 7) + 7) % 7
  return (day - weekday) * DAY
}

export function monthOf(local: number): number {
  const date = new Date(local)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

export function hourOf(clock: Clock, ms: number): number {
  const offset = clock(ms)
  const start = Math.floor((ms + offset) / HOUR) * HOUR - offset
  if (clock(start) === offset) return start
  return firstInstant(start, ms, (at) => clock(at) === offset)
}

function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`)
}
