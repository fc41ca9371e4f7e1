/**
 * Moments as the browser's language writes them, spans in the words of the page. All instants are milliseconds since 1970.
 */

type Locale = string | undefined

const made = new Map<string, Intl.DateTimeFormat>()
function dates(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale ?? ''} ${JSON.stringify(options)}`
  let format = made.get(name)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options)
    made.set(name, format)
  }
  return format
}

/** The zone the browser is in, as an IANA name. */
export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** The local day of an instant as YYYY-MM-DD. */
export function dayOf(instant: number, zone: string): string {
  const parts = Object.fromEntries(
    dates('en-US', { timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit' })
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  return `${String(parts.year).padStart(4, '0')}-${parts.month}-${parts.day}`
}

/** `14:05`, or as the language has it. */
export function clock(instant: number, zone: string, locale?: Locale): string {
  return dates(locale, { timeZone: zone, hour: 'numeric', minute: '2-digit' }).format(instant)
}

/** `Mon 2:05 PM`, or as the language has it. */
export function weekdayAndClock(instant: number, zone: string, locale?: Locale): string {
  return dates(locale, { timeZone: zone, weekday: 'short', hour: 'numeric', minute: '2-digit' }).format(instant)
}

/** `Mon, Nov 9, 2:05 PM`. */
export function moment(instant: number, zone: string, locale?: Locale): string {
  return dates(locale, { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(
    instant,
  )
}

/** Everything, seconds and zone included; for hover and screen readers. */
export function exactMoment(instant: number, zone: string, locale?: Locale): string {
  return dates(locale, { timeZone: zone, dateStyle: 'full', timeStyle: 'long' }).format(instant)
}

/** A day as YYYY-MM-DD, a month as YYYY-MM: the instant at noon UTC, safe to show with `zone: 'UTC'`. */
export function noonOf(day: string): number {
  return Date.parse(`${day.length === 7 ? `${day}-01` : day}T12:00:00Z`)
}

export function longDay(day: string, locale?: Locale): string {
  return dates(locale, { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(noonOf(day))
}

export function shortDay(day: string, locale?: Locale): string {
  return dates(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(noonOf(day))
}

export function weekdayAndDay(day: string, locale?: Locale): string {
  return dates(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }).format(noonOf(day))
}

export function monthAndYear(month: string, locale?: Locale): string {
  return dates(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(noonOf(month))
}

export function shortMonth(month: string, locale?: Locale): string {
  return dates(locale, { timeZone: 'UTC', month: 'short' }).format(noonOf(month))
}

/** Monday is 1, Sunday 7: the short name of a weekday. */
export function weekdayName(weekday: number, locale?: Locale): string {
  return dates(locale, { timeZone: 'UTC', weekday: 'short' }).format(Date.UTC(2024, 0, weekday, 12))
}

/** `2 h 42 min`, `3 d 4 h`, `12 s`: two units at most. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return join(`${days} d`, hours % 24, 'h')
  if (hours > 0) return join(`${hours} h`, minutes % 60, 'min')
  return minutes > 0 ? `${minutes} min` : `${seconds} s`
}

/** A span that is watched: to the second within an hour, `4 min 5 s`; then as any other. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60 || seconds >= 3600) return duration(milliseconds)
  return join(`${Math.floor(seconds / 60)} min`, seconds % 60, 's')
}

/** `14:05:09`, or as the language has it. */
export function exactClock(instant: number, zone: string, locale?: Locale): string {
  return dates(locale, { timeZone: zone, hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(instant)
}

function join(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`
}

/** `3 min ago`, `2 days ago`; under ten seconds, and from a clock that is a little ahead, `just now`. */
export function ago(instant: number, now: number): string {
  const seconds = Math.floor((now - instant) / 1000)
  if (seconds < 10) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  const days = Math.floor(seconds / 86_400)
  return days === 1 ? 'a day ago' : `${days} days ago`
}
