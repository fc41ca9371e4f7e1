import { readSettings } from '@signalbox/contract/setting'
import { zoneClock } from '@signalbox/usage/zone'
import type { Io } from './io.ts'
import { zoneOf } from './zone-of.ts'

/** A formatter of instants: `2026-11-21 14:05:07`, in the zone of TIMEZONE, else of the machine. */
export function createClockFormatter(io: Io): (instant: string) => string {
  const clock = zoneClock(readSettings(io.env, ['TIMEZONE']).TIMEZONE ?? zoneOf(io))
  return (instant) => {
    const ms = Date.parse(instant)
    return Number.isNaN(ms) ? '' : new Date(ms + clock(ms)).toISOString().slice(0, 19).replace('T', ' ')
  }
}
