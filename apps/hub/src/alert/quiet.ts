import { type QuietHours, weekdays } from '@signalbox/contract/channel'
import { DAY, HOUR, MINUTE, zoneClock } from '@signalbox/usage/zone'

/** Quiet hours without an end are looked at again after so long. */
const LONGEST_MS = 8 * DAY
/** No clock is changed by more. */
const LARGEST_CHANGE_MS = 3 * HOUR

/** Whether an instant lies in quiet hours, by the local time of their zone. */
export function isQuiet({ from, to, days, zone }: QuietHours, ms: number): boolean {
  const local = ms + zoneClock(zone)(ms)
  const minute = Math.floor(local / MINUTE) % 1440
  const [begin, end] = [minutesOf(from), minutesOf(to)]
  const beginsOn = (at: number) => days === undefined || days.includes(weekdays[weekdayOf(at)]!)
  if (begin < end) return minute >= begin && minute < end && beginsOn(local)
  // Over midnight: the second part belongs to the day before.
  return (minute >= begin && beginsOn(local)) || (minute < end && beginsOn(local - DAY))
}

/** When the quiet hours of an instant end, to the minute; undefined where it lies in none. */
export function quietUntil(hours: readonly QuietHours[], ms: number): number | undefined {
  let at = ms
  for (let current = quietAt(hours, at); current !== undefined; current = quietAt(hours, at)) {
    at = endOf(current, at)
    if (at - ms > LONGEST_MS) break
  }
  return at === ms ? undefined : at
}

function quietAt(hours: readonly QuietHours[], ms: number): QuietHours | undefined {
  return hours.find((one) => isQuiet(one, ms))
}

/** Where a clock is set back into quiet hours, they go on: the first minute that is not quiet is their end. */
function endOf(hours: QuietHours, ms: number): number {
  const local = ms + zoneClock(hours.zone)(ms)
  const left = (minutesOf(hours.to) - (Math.floor(local / MINUTE) % 1440) + 1440) % 1440 || 1440
  // Most of the way at once, the rest minute by minute: in between the clock may be changed.
  const start = Math.floor(ms / MINUTE) * MINUTE
  let at = Math.max(start + MINUTE, start + left * MINUTE - LARGEST_CHANGE_MS)
  while (isQuiet(hours, at) && at - ms <= LONGEST_MS) at += MINUTE
  return at
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/** 0 is Monday. */
function weekdayOf(local: number): number {
  // 1970-01-01 was a Thursday.
  return (((Math.floor(local / DAY) + 3) % 7) + 7) % 7
}
