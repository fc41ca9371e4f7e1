import { existsSync, readlinkSync } from 'node:fs'
import { type MachineZone, machineZone } from '@signalbox/contract/time-zone'
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
  if (TZ !== undefined) return name.test(TZ) && existsSync(ZONES + TZ) ? TZ : undefined
  try {
    const found = /zoneinfo\/(?:posix\/)?(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1]
    return found !== undefined && name.test(found) ? found : undefined
  } catch {
    return undefined
  }
}
