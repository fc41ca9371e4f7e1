import type { QuietHours } from '@signalbox/contract/channel'
import { isTimeZone } from '@signalbox/contract/time-zone'
import { InvalidArgumentError } from 'commander'

type Weekday = NonNullable<QuietHours['days']>[number]

const days: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const time = '([01]\\d|2[0-3]):[0-5]\\d'
const shape = new RegExp(`^(?:(?<days>[a-z,-]+)\\s+)?(?<from>${time})-(?<to>${time})$`, 'i')

/** Parses `22:00-07:00` and `mon-fri 22:00-07:00`; repeatable. @param zone that of this machine */
export function quietOption(zone: () => string): (text: string, before?: readonly QuietHours[] | false) => QuietHours[] {
  return (text, before) => {
    const { from, to, days: named } = shape.exec(text.trim())?.groups ?? {}
    const chosen = named === undefined ? undefined : parseDays(named.toLowerCase())
    if (from === undefined || to === undefined || chosen?.length === 0) {
      throw new InvalidArgumentError('It must be hours such as 22:00-07:00 or "mon-fri 22:00-07:00".')
    }
    return [
      ...(before || []),
      { from, to, zone: zone(), ...(chosen === undefined || chosen.length === days.length ? {} : { days: chosen }) },
    ]
  }
}

/** @returns an empty list where a name is that of no day */
function parseDays(text: string): Weekday[] {
  const chosen = new Set<Weekday>()
  for (const part of text.split(',')) {
    const [first, last = first, ...more] = part.split('-').map((name) => days.findIndex((day) => name.length >= 2 && day.startsWith(name)))
    if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0) return []
    for (let at = first; ; at = (at + 1) % days.length) {
      chosen.add(days[at]!)
      if (at === last) break
    }
  }
  return days.filter((day) => chosen.has(day))
}

/** Quiet hours in another zone than that of this machine. */
export function inZone(spans: readonly QuietHours[], zone: string | undefined): QuietHours[] {
  return spans.map((span) => ({ ...span, ...(zone === undefined ? {} : { zone }) }))
}

/** Quiet hours as they are typed: `mon-fri 22:00-07:00`. */
export function formatQuiet({ from, to, days: chosen }: QuietHours): string {
  const named = chosen?.map((day) => day.slice(0, 3)).join(',')
  return `${named === undefined ? '' : `${named} `}${from}-${to}`
}

/** A time zone by its IANA name. */
export function zoneOption(text: string): string {
  if (!isTimeZone(text)) throw new InvalidArgumentError('It must be a time zone such as Europe/Berlin.')
  return text
}
