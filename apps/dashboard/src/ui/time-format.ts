/**
 * Dates and times in the language of the page. All instants are milliseconds since 1970.
 */

import { formatRoughDuration } from '@signalbox/contract/duration-text'
import { intlZone } from '@signalbox/contract/time-zone'
import { locale as pageLocale } from '../words/language.ts'
import { t } from '../words/ui.ts'
import { isTimeRepeated } from './repeated-time.ts'

// The same in the terminal, and their units in every language.
export { formatDuration, formatElapsed } from '@signalbox/contract/duration-text'

type Locale = string | undefined

const formats = new Map<string, Intl.DateTimeFormat>()
function dateFormat(locale: Locale = pageLocale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale} ${JSON.stringify(options)}`
  let format = formats.get(name)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options)
    formats.set(name, format)
  }
  return format
}

/** `3 min ago`, `2 days ago`; `just now` under ten seconds and for instants in the future. */
export function formatAgo(instant: number, now: number): string {
  const passed = now - instant
  if (passed < 10_000) return t.justNow
  return passed < DAY_MS ? t.ago(formatRoughDuration(passed)) : t.daysAgo(Math.floor(passed / DAY_MS))
}

const DAY_MS = 86_400_000

const zoneOfBrowser = intlZone()

/** The browser's time zone as an IANA name; UTC where it has none that it knows itself. */
export function browserTimeZone(): string {
  return zoneOfBrowser.name
}

/** Whether times are shown in UTC because the browser does not know its zone. */
export const isBrowserZoneUnknown = zoneOfBrowser.problem !== undefined

/** The local day of an instant as YYYY-MM-DD. */
export function toLocalDay(instant: number, zone: string): string {
  const parts = Object.fromEntries(
    dateFormat('en-US', { timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit' })
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  return `${String(parts.year).padStart(4, '0')}-${parts.month}-${parts.day}`
}

/** A time of day, with the offset of the zone behind it where clocks go back and show it twice. */
export function formatWithTime(instant: number, zone: string, locale: Locale, fields: Intl.DateTimeFormatOptions): string {
  const offset = isTimeRepeated(instant, zone) ? ({ timeZoneName: 'shortOffset' } as const) : {}
  return dateFormat(locale, { timeZone: zone, ...fields, ...offset }).format(instant)
}

/** `14:05`, in the format of the language. */
export function formatTime(instant: number, zone: string, locale?: Locale): string {
  return formatWithTime(instant, zone, locale, { hour: 'numeric', minute: '2-digit' })
}

/** `Mon 2:05 PM`, in the format of the language. */
export function formatWeekdayAndTime(instant: number, zone: string, locale?: Locale): string {
  return formatWithTime(instant, zone, locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' })
}

/** From here on, past or future, a day without its year may be taken for one of another year. */
const FAR_MS = 180 * 86_400_000

/** `Mon, Nov 9, 2:05 PM`; far from now `Nov 9, 2027, 2:05 PM`. */
export function formatMoment(instant: number, zone: string, locale?: Locale, now = Date.now()): string {
  return formatWithTime(instant, zone, locale, {
    ...(Math.abs(instant - now) < FAR_MS ? { weekday: 'short' } : { year: 'numeric' }),
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  })
}

/** Date and time with seconds and time zone, for hover and screen readers. */
export function formatExactMoment(instant: number, zone: string, locale?: Locale): string {
  return dateFormat(locale, { timeZone: zone, dateStyle: 'full', timeStyle: 'long' }).format(instant)
}

/** Noon UTC of a day (YYYY-MM-DD) or of the first day of a month (YYYY-MM), for formatting with `timeZone: 'UTC'`. */
export function toNoonUtc(day: string): number {
  return Date.parse(`${day.length === 7 ? `${day}-01` : day}T12:00:00Z`)
}

export function formatLongDay(day: string, locale?: Locale): string {
  return dateFormat(locale, { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(toNoonUtc(day))
}

/** `Nov 9, 2026`. */
export function formatDay(day: string, locale?: Locale): string {
  return dateFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' }).format(toNoonUtc(day))
}

export function formatShortDay(day: string, locale?: Locale): string {
  return dateFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(toNoonUtc(day))
}

export function formatWeekdayAndDay(day: string, locale?: Locale): string {
  return dateFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }).format(toNoonUtc(day))
}

export function formatMonthAndYear(month: string, locale?: Locale): string {
  return dateFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(toNoonUtc(month))
}

export function formatShortMonth(month: string, locale?: Locale): string {
  return dateFormat(locale, { timeZone: 'UTC', month: 'short' }).format(toNoonUtc(month))
}

/** Short name of a weekday; Monday is 1, Sunday 7. */
export function formatWeekday(weekday: number, locale?: Locale): string {
  return dateFormat(locale, { timeZone: 'UTC', weekday: 'short' }).format(Date.UTC(2024, 0, weekday, 12))
}

/** `14:05:09`, in the format of the language. */
export function formatExactTime(instant: number, zone: string, locale?: Locale): string {
  return formatWithTime(instant, zone, locale, { hour: 'numeric', minute: '2-digit', second: '2-digit' })
}
