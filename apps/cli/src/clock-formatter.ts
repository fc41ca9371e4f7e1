import { readSettings } from '@signalbox/contract/setting'
import { canonicalZone } from '@signalbox/contract/time-zone'
import { type Clock, repeatedOffset, zoneClock } from '@signalbox/usage/zone'
import type { Io } from './io.ts'
import { zoneOf } from './zone-of.ts'

/**
 * A formatter of instants: `2026-11-21 14:05:07`, in the zone of TIMEZONE, else of the machine. A time that comes twice, because
 * clocks go back, has its offset behind it.
 */
export function createClockFormatter(io: Io): (instant: string) => string {
  const clock = zoneClock(readSettings(io.env, ['TIMEZONE']).TIMEZONE ?? zoneOf(io))
  return (instant) => {
    const ms = Date.parse(instant)
    return Number.isNaN(ms) ? '' : localTime(clock, ms, 19)
  }
}

/** The local time in so many characters, 16 for minutes, 19 for seconds; with its offset behind it where it comes twice. */
export function localTime(clock: Clock, ms: number, length: 16 | 19): string {
  const time = new Date(ms + clock(ms)).toISOString().slice(0, length).replace('T', ' ')
  const offset = repeatedOffset(clock, ms)
  return offset === undefined ? time : `${time} ${offset}`
}

/** The clock by which log lines of our own programs are shown. The hub itself says where the zone is not known, or a setting is wrong. */
export function logClock(io: Io): Clock {
  return zoneClock(canonicalZone(io.env.TIMEZONE ?? '') ?? io.system.timeZone().name)
}
