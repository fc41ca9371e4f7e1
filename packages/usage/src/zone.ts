import { tzOffset } from '@date-fns/tz/tzOffset'

export type WeekStart = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

const weekdays: readonly WeekStart[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** A time that is neither a day nor an instant; the message says what would be. */
export class TimeError extends Error {
  constructor(text: string) {
    super(`"${text}" is not a time; write a day such as 2026-03-13, or an instant such as 2026-03-13T09:30:00Z`)
    this.name = 'TimeError'
  }
}

/** The UTC offset, in milliseconds, during one stretch: one number, or two when it changes. */
type Offsets = number | { readonly at: number; readonly before: number; readonly after: number }

/**
 * Asking Intl takes microseconds, and a report asks for every slice. So the offset is asked for at both ends of some
 * days; no zone has changed its clocks twice within six days since 1970 (the nearest was Recife in 2000).
 */
const STRETCH = 4 * DAY
const MAX_REMEMBERED_STRETCHES = 20_000
const MAX_REMEMBERED_ZONES = 50
const remembered = new Map<string, Clock>()

/** The clock of one time zone: milliseconds to add to UTC at an instant. */
export type Clock = (ms: number) => number

/** @throws RangeError when there is no such zone */
export function clockOf(zone: string): Clock {
  let clock = remembered.get(zone)
  if (clock === undefined) {
    clock = makeClock(zone)
    if (remembered.size >= MAX_REMEMBERED_ZONES) remembered.clear()
    remembered.set(zone, clock)
  }
  return clock
}

/**
 * Says that `zone` is the one of the machine: its offsets are then asked of Date, without Intl, which takes 20 ms to load.
 * Nothing checks it.
 */
export function useMachineClock(zone: string): void {
  remembered.set(zone, (ms) => -new Date(ms).getTimezoneOffset() * MINUTE)
}

/** Whether a name is an IANA time zone this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function makeClock(zone: string): Clock {
  // Without this, a report in UTC would load the whole of Intl: 20 ms.
  if (zone === 'UTC' || zone === 'Etc/UTC') return () => 0
  if (!isTimeZone(zone)) throw new RangeError(`There is no time zone "${zone}"; write one such as Europe/Berlin`)
  const stretches = new Map<number, Offsets>()
  const edges = new Map<number, number>()
  let lastStretch = Number.NaN
  let last: Offsets = 0
  const edge = (stretch: number) => {
    let offset = edges.get(stretch)
    if (offset === undefined) {
      offset = askOffset(zone, stretch * STRETCH)
      edges.set(stretch, offset)
    }
    return offset
  }
  return (ms) => {
    const stretch = Math.floor(ms / STRETCH)
    if (stretch !== lastStretch) {
      let offsets = stretches.get(stretch)
      if (offsets === undefined) {
        if (stretches.size >= MAX_REMEMBERED_STRETCHES) {
          stretches.clear()
          edges.clear()
        }
        offsets = offsetsBetween(zone, stretch * STRETCH, edge(stretch), (stretch + 1) * STRETCH, edge(stretch + 1))
        stretches.set(stretch, offsets)
      }
      lastStretch = stretch
      last = offsets
    }
    if (typeof last === 'number') return last
    return ms < last.at ? last.before : last.after
  }
}

function offsetsBetween(zone: string, from: number, before: number, to: number, after: number): Offsets {
  if (before === after) return before
  const at = firstInstant(from, to, (ms) => askOffset(zone, ms) !== before)
  return { at, before, after }
}

function askOffset(zone: string, ms: number): number {
  const minutes = tzOffset(zone, new Date(ms))
  if (Number.isNaN(minutes)) throw new RangeError(`There is no offset of "${zone}" at ${ms}`)
  // @date-fns/tz 1.5 reads -00:44:30 (Monrovia until 1972) as +00:44:30.
  const lost = minutes > 0 && minutes < 60 && longOffset(zone, ms).includes('GMT-')
  return Math.round((lost ? -minutes : minutes) * MINUTE)
}

function longOffset(zone: string, ms: number): string {
  return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).format(ms)
}

/** The first whole millisecond in (from, to] at which `holds`, given that it holds at `to` and from then on did. */
function firstInstant(from: number, to: number, holds: (ms: number) => boolean): number {
  let no = from
  let yes = to
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}

/** The day a clock in the zone shows: YYYY-MM-DD. */
export function localDay(zone: string, ms: number): string {
  return dayText(ms + clockOf(zone)(ms))
}

/** The month a clock in the zone shows: YYYY-MM. */
export function localMonth(zone: string, ms: number): string {
  return localDay(zone, ms).slice(0, -3)
}

/** The first day of the week a clock in the zone shows: YYYY-MM-DD. */
export function localWeek(zone: string, ms: number, weekStart: WeekStart): string {
  return dayText(weekOf(ms + clockOf(zone)(ms), weekStart))
}

/**
 * The instant, in milliseconds, at which a day begins in the zone: the first at which its date is reached. Where
 * clocks jump over midnight that is later than 00:00; where they jump over the whole day, the next day's beginning.
 * @param day YYYY-MM-DD
 */
export function startOfDay(zone: string, day: string): number {
  const clock = clockOf(zone)
  const midnight = dayStart(day)
  // No zone is further than 16 hours from UTC, and none changes its clocks twice within two days.
  const offsets = [clock(midnight - 18 * HOUR), clock(midnight), clock(midnight + 18 * HOUR)]
  const reached = offsets.map((offset) => midnight - offset).filter((ms) => ms + clock(ms) === midnight)
  if (reached.length > 0) return Math.min(...reached)
  return firstInstant(midnight - Math.max(...offsets), midnight - Math.min(...offsets), (ms) => ms + clock(ms) >= midnight)
}

/**
 * The instant at which the hour shown by a clock in the zone began. An hour cut by a clock change begins with the
 * change, so that no two hours overlap.
 */
export function startOfHour(zone: string, ms: number): number {
  return hourOf(clockOf(zone), ms)
}

/** The instant at which the week of `ms` began in the zone. */
export function startOfWeek(zone: string, ms: number, weekStart: WeekStart): number {
  return startOfDay(zone, localWeek(zone, ms, weekStart))
}

/** The instant at which the month of `ms` began in the zone. */
export function startOfMonth(zone: string, ms: number): number {
  return startOfDay(zone, `${localMonth(zone, ms)}-01`)
}

/** @param day YYYY-MM-DD */
export function addDays(day: string, days: number): string {
  return dayText(dayStart(day) + days * DAY)
}

/**
 * The first instant that counts: a day begins in the zone, an instant is itself.
 * @throws TimeError
 */
export function parseSince(zone: string, text: string): number {
  return isDay(text) ? startOfDay(zone, text) : parseInstant(text)
}

/**
 * The first instant that no longer counts: a day is inclusive, an instant is itself.
 * @throws TimeError
 */
export function parseUntil(zone: string, text: string): number {
  return isDay(text) ? startOfDay(zone, addDays(text, 1)) : parseInstant(text)
}

function parseInstant(text: string): number {
  // Without an offset the same text would name different instants on two machines.
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(text)
  const ms = parts && isDay(parts[1]!) ? Date.parse(text.toUpperCase().replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(ms)) throw new TimeError(text)
  return ms
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const ms = Date.parse(text)
  // Some parsers take the 30th of February for the 2nd of March.
  if (Number.isNaN(ms) || dayText(ms) !== text) throw new TimeError(text)
  return true
}

/** Below: `local` is what a clock shows, written as if it were UTC milliseconds. */

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
