import { readSettings } from '@signalbox/contract/setting'
import { clockOf } from '@signalbox/usage/zone'
import { localZone } from './local-zone.ts'

/** Writes an instant of the hub as `2026-11-21 14:05:07`, in the zone of TIMEZONE, else of the machine. */
export function clockTime(env: NodeJS.ProcessEnv): (instant: string) => string {
  const clock = clockOf(readSettings(env, ['TIMEZONE']).TIMEZONE ?? localZone())
  return (instant) => {
    const ms = Date.parse(instant)
    return Number.isNaN(ms) ? '' : new Date(ms + clock(ms)).toISOString().slice(0, 19).replace('T', ' ')
  }
}
