// This file imports no schema library: every program and the page use it.

/** The zone that a machine or browser is set to. */
export interface MachineZone {
  /** A name that every function here accepts: `UTC` where the machine names no zone that is known. */
  readonly name: string
  /** Why it is UTC, where the machine says something else or nothing. */
  readonly problem?: string
}

/** Whether a name is an IANA time zone known to this machine. */
export function isTimeZone(name: string): boolean {
  return canonicalZone(name) !== undefined
}

/** The name as Intl spells it: `europe/berlin` → `Europe/Berlin`. @returns undefined for a name that is not known */
export function canonicalZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/**
 * The zone of this machine, or of this browser. What Intl says of it is not always a zone: in a container without zone
 * files or with a mistyped TZ it is nothing, `Etc/Unknown` or an offset that Intl itself refuses.
 * @param TZ the environment variable of that name
 */
export function machineZone(TZ?: string): MachineZone {
  // An empty TZ is UTC by POSIX.
  if (TZ === '') return { name: 'UTC' }
  const named = TZ?.replace(/^:/, '')
  const zone = zoneOfIntl()
  if (zone === undefined || !isNamed(zone)) {
    const canonical = named && isNamed(named) ? canonicalZone(named) : undefined
    if (canonical !== undefined) return { name: canonical }
    if (TZ !== undefined) return { name: 'UTC', problem: `TZ is "${TZ}", which is no IANA time zone, so days are those of UTC` }
    return { name: 'UTC', problem: `the system names ${zone === undefined ? 'no time zone' : `"${zone}"`}, so days are those of UTC` }
  }
  // Intl answers UTC to a rule such as CET-1CEST,M3.5.0,M10.5.0/3, while Date follows the rule.
  if (zone === 'UTC' && named !== undefined && !isNamed(named)) {
    return { name: 'UTC', problem: `TZ is "${TZ}", a rule and no IANA time zone, so days are those of UTC` }
  }
  return { name: zone }
}

/** What to do about a problem with the zone. */
export const zoneAdvice = 'Set TIMEZONE to a name such as Europe/Berlin.'

/** Not an offset: +03:00 has the wrong sign for TZ=GMT+3, and some versions of Intl refuse it. */
function isNamed(zone: string): boolean {
  return !/^[+-]/.test(zone) && isTimeZone(zone)
}

/** What Intl believes to be the zone; undefined in engines that find none, whatever the types promise. */
function zoneOfIntl(): string | undefined {
  try {
    return new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  } catch {
    return undefined
  }
}
