import { addDays, DAY, HOUR, localDay, MINUTE, TimeError, type WeekStart } from './zone.ts'

const weekdays: readonly WeekStart[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** Where a word stands: as the first or the last of a range. */
export type RangeEnd = 'since' | 'until'

/** The words, for messages and help. */
export const timeWordExamples = 'today, yesterday, monday, 7d, 2w, 24h, 2026-11'

/**
 * The day or the instant that a word stands for, as `since` and `until` of a report take them: `today`, `yesterday`, a weekday (the
 * latest one, which may be today), `7d` and `2w` (as `since` so many days with today; as `until` the day before these), `24h`
 * (so many hours ago), a month `2026-11` or a year `2026` (its first or its last day). A day may be written `20261101`. Any other
 * text is returned as it is.
 * @param now milliseconds since 1970
 * @throws RangeError for an unknown time zone; TimeError for a span before the year 1970
 */
export function readTimeWord(text: string, end: RangeEnd, zone: string, now: number): string {
  const word = text.trim().toLowerCase()
  if (word === 'today') return localDay(zone, now)
  if (word === 'yesterday') return addDays(localDay(zone, now), -1)
  const weekday = weekdays.findIndex((day) => day === word || day.slice(0, 3) === word)
  if (weekday !== -1) return latestWeekday(localDay(zone, now), weekday)
  const [, count, unit] = /^(\d{1,5})\s?(h|d|w|hours?|days?|weeks?)$/.exec(word) ?? []
  if (count !== undefined && unit !== undefined) return readSpan(text, Number(count), unit[0] as 'h' | 'd' | 'w', end, zone, now)
  const [, year, month] = /^(\d{4})(?:-(\d\d))?$/.exec(word) ?? []
  if (year !== undefined) return readMonths(text, Number(year), month === undefined ? undefined : Number(month), end)
  return text.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
}

function latestWeekday(today: string, weekday: number): string {
  const before = (new Date(today).getUTCDay() - weekday + 7) % 7
  return addDays(today, -before)
}

/** As `until` a span is what is before it, so that `--until 7d` and `--since 7d` share no call. */
function readSpan(text: string, count: number, unit: 'h' | 'd' | 'w', end: RangeEnd, zone: string, now: number): string {
  if (now - count * (unit === 'h' ? HOUR : unit === 'd' ? DAY : 7 * DAY) < 0 || count === 0) throw new TimeError(text)
  // To the minute, so that a hub can answer a repeated question from its cache.
  if (unit === 'h') return new Date(Math.floor(now / MINUTE) * MINUTE - count * HOUR).toISOString()
  const days = unit === 'd' ? count : 7 * count
  return addDays(localDay(zone, now), end === 'since' ? 1 - days : -days)
}

function readMonths(text: string, year: number, month: number | undefined, end: RangeEnd): string {
  if (month === 0 || (month ?? 1) > 12) throw new TimeError(text)
  const first = (index: number) => new Date(Date.UTC(year, index, 1)).toISOString().slice(0, 10)
  if (end === 'since') return first((month ?? 1) - 1)
  return addDays(first(month ?? 12), -1)
}
