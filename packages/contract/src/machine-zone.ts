import { readlinkSync } from 'node:fs'
import path from 'node:path'
import { canonicalZone, intlZone, type MachineZone } from './time-zone.ts'

const ZONE_FILES = '/usr/share/zoneinfo'
/** `/etc/localtime` leads to the file of a zone in a step or two. */
const MAX_LINKS = 8

/**
 * The zone of this machine. Intl alone does not know what TZ may be by POSIX: it names no zone for a path or for `JST-9`,
 * and for `GMT+5` one with the wrong sign.
 * @param TZ the environment variable of that name
 */
export function machineZone(TZ: string | undefined): MachineZone {
  if (TZ === undefined) return intlZone()
  // An empty TZ is UTC by POSIX. A colon marks what is no rule.
  const text = TZ.replace(/^:/, '')
  if (text === '') return { name: 'UTC' }
  const name = canonicalZone(text) ?? fixedZone(text) ?? zoneOfFile(path.resolve(ZONE_FILES, text))
  if (name !== undefined) return { name }
  const what = /^(?:[a-z]{3,}|<[a-z\d+-]{3,}>)[+-]?\d/i.test(text) ? 'a rule and no IANA time zone' : 'which is no IANA time zone'
  return { name: 'UTC', problem: `TZ is "${TZ}", ${what}, so days are those of UTC` }
}

/**
 * The zone with a fixed offset: `JST-9` → `Etc/GMT-9`. In TZ, too, the sign says how UTC is reached from there, so both mean
 * 9 hours ahead. @returns undefined for offsets that have no zone of their own, such as half an hour
 */
function fixedZone(text: string): string | undefined {
  const [, sign, digits] = /^(?:[a-z]{3,}|<[a-z\d+-]{3,}>)([+-]?)(\d{1,2})(?::00){0,2}$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  const hours = Number(digits)
  return hours === 0 ? 'UTC' : canonicalZone(`Etc/GMT${sign === '-' ? '-' : '+'}${hours}`)
}

/** The zone by the path of its file, or of a link to it such as `/etc/localtime`. */
function zoneOfFile(file: string): string | undefined {
  let at = file
  try {
    for (let step = 0; step < MAX_LINKS; step++) {
      const name = /\/zoneinfo[\w.-]*\/(?:posix\/|right\/)?(.+)$/.exec(at)?.[1]
      const zone = name === undefined ? undefined : canonicalZone(name)
      if (zone !== undefined) return zone
      at = path.resolve(path.dirname(at), readlinkSync(at))
    }
  } catch {
    // It is not there, or no link.
  }
  return undefined
}
