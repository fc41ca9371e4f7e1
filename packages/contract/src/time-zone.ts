// This file imports no schema library and nothing of Node: every program and the page use it.

/** The zone that a machine or browser is set to. */
export interface MachineZone {
  /** A name that every function here accepts: `UTC` where the machine names no zone that is known. */
  readonly name: string
  /** Why it is UTC, where the machine says something else or nothing. */
  readonly problem?: string
}

/** What can be written as a time zone, to people who wrote something else. */
export const zoneExamples = 'an IANA name such as Europe/Berlin, or Etc/GMT-8 for 8 hours ahead of UTC'

/** What to do about a problem with the zone. */
export const zoneAdvice = 'Set TIMEZONE to a name such as Europe/Berlin.'

/** Whether a name is an IANA time zone known to this machine. */
export function isTimeZone(name: string): boolean {
  return canonicalZone(name) !== undefined
}

/** The name as Intl spells it: `europe/berlin` → `Europe/Berlin`. @returns undefined for a name that is not known, and for offsets */
export function canonicalZone(name: string): string | undefined {
  // Some engines know these, others do not: an offset such as +03:00, which for TZ=GMT+3 also has the wrong sign, and the
  // name by which they say that they have found no zone.
  if (/^(?:[+-]|etc\/unknown$)/i.test(name)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/**
 * The zone that Intl finds, in a browser or where no TZ is set. It is not always one: without zone files, Intl finds
 * nothing, `Etc/Unknown`, or an offset that Intl itself refuses.
 */
export function intlZone(): MachineZone {
  const found = foundByIntl()
  const name = found === undefined ? undefined : canonicalZone(found)
  if (name !== undefined) return { name }
  return { name: 'UTC', problem: `the system names ${found === undefined ? 'no time zone' : `"${found}"`}, so days are those of UTC` }
}

/** A zone for people: the sign in `Etc/GMT-9` is that of POSIX, so what it means is added. */
export function describeZone(name: string): string {
  const [, sign, hours] = /^Etc\/GMT([+-])(\d+)$/.exec(name) ?? []
  if (sign === undefined || hours === undefined || hours === '0') return name
  return `${name} (${hours} ${hours === '1' ? 'hour' : 'hours'} ${sign === '-' ? 'ahead of' : 'behind'} UTC)`
}

/** What Intl believes to be the zone; undefined in engines that find none, whatever the types promise. */
function foundByIntl(): string | undefined {
  try {
    return new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  } catch {
    return undefined
  }
}
