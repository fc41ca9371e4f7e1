const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()
/** Whether clocks change on a day of UTC or the days beside it, by zone and day. */
const changes = new Map<string, boolean>()
const MAX_CACHED_DAYS = 5_000

/** Whether clocks go back over a time of day, so that the clock of the zone shows it twice. */
export function isTimeRepeated(instant: number, zone: string): boolean {
  const day = Math.floor(instant / DAY_MS)
  const name = `${day} ${zone}`
  let changing = changes.get(name)
  if (changing === undefined) {
    changing = offsetAt((day - 1) * DAY_MS, zone) !== offsetAt((day + 2) * DAY_MS, zone)
    if (changes.size >= MAX_CACHED_DAYS) changes.clear()
    changes.set(name, changing)
  }
  if (!changing) return false
  const offset = offsetAt(instant, zone)
  return [instant - DAY_MS, instant + DAY_MS]
    .map((at) => offsetAt(at, zone))
    .some((other) => other !== offset && offsetAt(instant + offset - other, zone) === other)
}

/** How far a zone is ahead of UTC, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  let format = formats.get(zone)
  if (format === undefined) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { ...fields, timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' })
    formats.set(zone, format)
  }
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return local - Math.floor(instant / 1000) * 1000
}
