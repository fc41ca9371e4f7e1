import { toLocalDay } from '../ui/time-format.ts'
import { addDays } from './calendar.ts'

const QUARTER_HOUR_MS = 900_000
/** Upper limit of the distance of a time zone from UTC, in quarter-hours. */
const MAX_OFFSET_QUARTERS = 60

/** The instant at which a local day starts, by binary search over quarter-hours. */
export function startOfDay(day: string, zone: string): number {
  const middle = Date.parse(`${day}T00:00:00Z`)
  let [before, from] = [-MAX_OFFSET_QUARTERS, MAX_OFFSET_QUARTERS]
  while (from - before > 1) {
    const between = (before + from) >> 1
    if (toLocalDay(middle + between * QUARTER_HOUR_MS, zone) < day) before = between
    else from = between
  }
  return middle + from * QUARTER_HOUR_MS
}

/** The instant at which a local day ends, 23 to 25 hours after its start. */
export function endOfDay(day: string, zone: string): number {
  return startOfDay(addDays(day, 1), zone)
}

const HOUR_MS = 3_600_000

/** The starts of the hours of a local day. */
export function hoursOfDay(day: string, zone: string): number[] {
  const hours: number[] = []
  for (let at = startOfDay(day, zone), end = endOfDay(day, zone); at < end; at += HOUR_MS) hours.push(at)
  return hours
}
