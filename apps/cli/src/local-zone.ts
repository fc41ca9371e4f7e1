import { readlinkSync, statSync } from 'node:fs'
import { machineZone } from '@signalbox/contract/machine-zone'
import type { MachineZone } from '@signalbox/contract/time-zone'
import { useMachineClock } from '@signalbox/usage/zone'

const ZONES = '/usr/share/zoneinfo/'
const name = /^(?:UTC|[A-Z]\w+\/[\w+/-]+)$/

/**
 * The process's time zone; UTC where it has none that is known. Its offsets then come from Date, without Intl, which takes 20 ms to load.
 * @param TZ the variable of that name
 */
export function localZone(TZ: string | undefined): MachineZone {
  const found = zoneOfSystem(TZ)
  if (found === undefined) return machineZone(TZ)
  useMachineClock(found)
  return { name: found }
}

/** The zone as Node itself finds it: TZ (an empty one is UTC), else the target of /etc/localtime. */
function zoneOfSystem(TZ: string | undefined): string | undefined {
  if (TZ === '') return 'UTC'
  if (TZ !== undefined) return isZoneOfNode(TZ) ? TZ : undefined
  try {
    const found = /zoneinfo\/(?:posix\/)?(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1]
    return found !== undefined && isZoneOfNode(found) ? found : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether the system has the zone, and Node too: of a zone that Node does not know, such as one that is newer than Node,
 * Date prints an offset (`GMT+01:00`) in the place of the name. It also does for a known zone without a name in English, which Intl finds then.
 */
function isZoneOfNode(zone: string): boolean {
  if (!name.test(zone) || statSync(ZONES + zone, { throwIfNoEntry: false })?.isFile() !== true) return false
  return !/[+\-−]\d[\d:]*\)$/.test(String(new Date()))
}
