import { dayOf } from '../ui/time-format.ts'
import { addDays } from './calendar.ts'

const QUARTER = 900_000
/** In quarters: no zone is farther from UTC than this. */
const REACH = 60

/** The instant at which a local day begins; in every zone that is on a quarter of an hour. */
export function startOfDay(day: string, zone: string): number {
  const middle = Date.parse(`${day}T00:00:00Z`)
  let [before, from] = [-REACH, REACH]
  while (from - before > 1) {
    const between = (before + from) >> 1
    if (dayOf(middle + between * QUARTER, zone) < day) before = between
    else from = between
  }
  return middle + from * QUARTER
}

/** The instant at which it ends: 23, 24 or 25 hours later. */
export function endOfDay(day: string, zone: string): number {
  return startOfDay(addDays(day, 1), zone)
}

const HOUR = 3_600_000

/** The instants at which the hours of a local day begin. */
export function hoursOfDay(day: string, zone: string): number[] {
  const hours: number[] = []
  for (let at = startOfDay(day, zone), end = endOfDay(day, zone); at < end; at += HOUR) hours.push(at)
  return hours
}
