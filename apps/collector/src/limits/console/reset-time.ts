import { canonicalZone } from '@signalbox/contract/time-zone'
import { DAY, HOUR, MINUTE, zoneClock } from '@signalbox/usage/zone'

export interface ResetContext {
  /** Milliseconds. */
  readonly now: number
  /** The page's IANA time zone. */
  readonly zone: string
  /** The page's language, such as `de`; English is always understood. */
  readonly language?: string | undefined
  /** The words are a duration, as after `Resets in`; otherwise they may be a time. */
  readonly relative?: boolean
}

/**
 * Parses the page's words for a reset: `2 hr 42 min`, `Thu 7:00 AM`, `Jan 31, 7:00 AM`, `7:00`.
 * @returns milliseconds; undefined when the words are unknown or ambiguous, because nothing is guessed
 */
export function parseResetTime(words: string, context: ResetContext): number | undefined {
  const text = words.replace(/\s+/g, ' ').trim().toLowerCase()
  const duration = parseDuration(text, context.relative ?? false)
  if (duration !== undefined) return context.now + duration
  if (context.relative) return undefined
  try {
    return parseMoment(text, context)
  } catch (error) {
    // This machine does not know the page's time zone.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const units: readonly { readonly ms: number; readonly names: RegExp }[] = [
  { ms: 7 * DAY, names: /^(?:w|wks?|weeks?|wochen?|semaines?|semanas?|settiman[ae])$/ },
  { ms: DAY, names: /^(?:d|days?|tage?n?|j|jours?|días?|dias?|g|gg|giorn[oi])$/ },
  { ms: HOUR, names: /^(?:h|hrs?|hours?|std|stunden?|heures?|horas?|or[ae])$/ },
  { ms: MINUTE, names: /^(?:m|mins?|minutes?|minuten?|minutos?|minut[oi])$/ },
  { ms: 1000, names: /^(?:s|secs?|seconds?|sek|sekunden?|secondes?|segundos?|second[oi])$/ },
]
const underAMinute = /^(?:less than (?:a|1)|weniger als (?:eine|1)|moins d['’]?\s?(?:une|1)|menos de (?:un|1)|meno di (?:un|1)|<\s?1) ?min/

/** Parses `2 hr 42 min` to milliseconds; every number needs a unit, in descending order. */
function parseDuration(text: string, relative: boolean): number | undefined {
  if (underAMinute.test(text)) return MINUTE
  const short = relative ? /^(\d{1,2})\s?h\s?(\d{2})$/.exec(text) : null
  if (short !== null) return Number(short[1]) * HOUR + Number(short[2]) * MINUTE
  const plain = text.replace(/,/g, ' ').replace(/(?<=\d|\s|^)(?:and|und|et|y|e)(?=\s)/g, ' ')
  const parts = [...plain.matchAll(/(\d+)\s?(\p{L}+)\.?/gu)]
  if (parts.length === 0 || plain.replace(/(\d+)\s?(\p{L}+)\.?/gu, '').trim() !== '') return undefined
  let sum = 0
  let last = Number.POSITIVE_INFINITY
  for (const [, count = '', name = ''] of parts) {
    const unit = units.find(({ names }) => names.test(name))
    if (unit === undefined || unit.ms >= last) return undefined
    last = unit.ms
    sum += Number(count) * unit.ms
  }
  return sum
}

interface Day {
  year: number
  /** 1–12 */
  month: number
  day: number
}

const today = /^(?:today|heute|aujourd['’]hui|hoy|oggi|hoje)$/
const tomorrow = /^(?:tomorrow|morgen|demain|mañana|domani|amanhã)$/
/** Words that can be ignored. */
const fillers = new Set('at on um am den the le à el a las il alle às em de del o uhr of'.split(' '))

/** Parses `thu 7:00 am`, `jan 31, 7:00 am`, `31. jan., 07:00`, `07:00` to the next such moment in the time zone. */
function parseMoment(text: string, { now, zone, language }: ResetContext): number | undefined {
  const found = extractClockTime(text)
  if (found === undefined) return undefined
  const named = extractZone(found.rest)
  const clock = named?.zone ?? zone
  const here = toDay(clock, now)
  const at = (day: Day) => toInstant(clock, day, found.hour, found.minute)
  const rest = (named?.rest ?? found.rest)
    .replace(/(\d)(?:st|nd|rd|th|º|er)\b/g, '$1')
    .replace(/\b(\d{1,2})\.(\d{1,2})\.(?:(\d{4}))?/g, ' $1 #$2 $3 ')
    .replace(/[.,·()]/g, ' ')
    .split(' ')
    .filter((word) => word !== '' && !fillers.has(word))

  const names = listNames(language)
  let weekday: number | undefined
  let month: number | undefined
  let day: number | undefined
  let year: number | undefined
  let shift: number | undefined
  for (const word of rest) {
    const number = /^\d+$/.test(word) ? Number(word) : undefined
    if (number !== undefined && number > 2000 && year === undefined) year = number
    else if (number !== undefined && day === undefined) day = number
    else if (/^#\d+$/.test(word) && month === undefined) month = Number(word.slice(1))
    else if (today.test(word) && shift === undefined) shift = 0
    else if (tomorrow.test(word) && shift === undefined) shift = 1
    // French `mar.` is Tuesday or March: a day of the month beside it decides.
    else if (names.months.has(word) && month === undefined && (day !== undefined || !names.weekdays.has(word)))
      month = names.months.get(word)
    else if (names.weekdays.has(word) && weekday === undefined) weekday = names.weekdays.get(word)
    else if (names.months.has(word) && month === undefined) month = names.months.get(word)
    else return undefined
  }
  if (shift !== undefined) return rest.length === 1 ? at(addDays(here, shift)) : undefined
  if ((month === undefined) !== (day === undefined) || (year !== undefined && month === undefined)) return undefined
  if (month !== undefined && day !== undefined) {
    const years = year === undefined ? [here.year - 1, here.year, here.year + 1] : [year]
    const moments = years
      .map((one) => ({ year: one, month, day }))
      .filter((one) => isDay(one) && (weekday === undefined || weekdayOf(one) === weekday))
      .map(at)
    // A page that was loaded a while ago may still show a reset that has just passed.
    return year === undefined ? moments.find((moment) => moment > now - DAY) : moments[0]
  }
  // Up to the same weekday in a week, because the time of today may have passed.
  for (let days = 0; days <= 7; days++) {
    const candidate = addDays(here, days)
    if ((weekday === undefined || weekdayOf(candidate) === weekday) && at(candidate) > now) return at(candidate)
  }
  return undefined
}

/** Parses the time of day in a text, and returns the rest of the text. */
function extractClockTime(text: string): { hour: number; minute: number; rest: string } | undefined {
  const twelve = /(?<!\d)(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?\s?m\b\.?/.exec(text)
  if (twelve !== null && Number(twelve[1]) <= 12) {
    const [all, hour = '', minute = '0', half] = twelve
    if (Number(hour) < 1 || Number(minute) > 59) return undefined
    return { hour: (Number(hour) % 12) + (half === 'p' ? 12 : 0), minute: Number(minute), rest: text.replace(all, ' ') }
  }
  const day = /(?<!\d)(\d{1,2})(?::|\s?h\s?)(\d{2})(?!\d)/.exec(text) ?? /(?<![\d.])(\d{1,2})\.(\d{2})(?![\d.])/.exec(text)
  if (day === null) return undefined
  const [all, hour = '', minute = ''] = day
  if (Number(hour) > 23 || Number(minute) > 59) return undefined
  return { hour: Number(hour), minute: Number(minute), rest: text.replace(all, ' ') }
}

/** Parses a time zone in a text, as in `7:00 (Europe/Berlin)`, and returns the rest of the text. */
function extractZone(text: string): { zone: string; rest: string } | undefined {
  const [all, zone = ''] = /\(?\b(utc|[a-z]+\/[a-z_/+-]+\d*)\b\)?/.exec(text) ?? []
  if (all === undefined) return undefined
  const known = zone === 'utc' ? 'UTC' : canonicalZone(zone)
  return known === undefined ? undefined : { zone: known, rest: text.replace(all, ' ') }
}

interface Names {
  /** 1–12 */
  readonly months: ReadonlyMap<string, number>
  /** 0 is Sunday. */
  readonly weekdays: ReadonlyMap<string, number>
}
const cachedNames = new Map<string, Names>()
const MAX_CACHED_LANGUAGES = 20

/** The names of months and weekdays in a language and in English. */
function listNames(language = 'en'): Names {
  let names = cachedNames.get(language)
  if (names !== undefined) return names
  const [months, weekdays] = [new Map<string, number>(), new Map<string, number>()]
  const add = (to: Map<string, number>, name: string, value: number) => {
    const key = name.toLowerCase().replace(/\.$/, '')
    if (!to.has(key)) to.set(key, value)
  }
  for (const one of new Set([toSupportedLocale(language), 'en'])) {
    for (const width of ['long', 'short'] as const) {
      for (let at = 0; at < 12; at++) {
        const date = new Date(Date.UTC(2026, at, 15))
        add(months, new Intl.DateTimeFormat(one, { month: width, timeZone: 'UTC' }).format(date), at + 1)
        // In many languages the name of a month changes beside a day.
        const besideDay = new Intl.DateTimeFormat(one, { month: width, day: 'numeric', timeZone: 'UTC' }).formatToParts(date)
        add(months, besideDay.find(({ type }) => type === 'month')?.value ?? '', at + 1)
      }
      // 2026-02-01 was a Sunday.
      for (let at = 0; at < 7; at++)
        add(weekdays, new Intl.DateTimeFormat(one, { weekday: width, timeZone: 'UTC' }).format(Date.UTC(2026, 1, 1 + at)), at)
    }
  }
  // Other spellings.
  for (const [name, value] of [
    ['sept', 9],
    ['june', 6],
    ['july', 7],
  ] as const)
    add(months, name, value)
  for (const [name, value] of [
    ['tues', 2],
    ['weds', 3],
    ['thur', 4],
    ['thurs', 4],
  ] as const)
    add(weekdays, name, value)
  names = { months, weekdays }
  if (cachedNames.size > MAX_CACHED_LANGUAGES) cachedNames.clear()
  cachedNames.set(language, names)
  return names
}

function toSupportedLocale(language: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

function toDay(zone: string, now: number): Day {
  const local = new Date(now + zoneClock(zone)(now))
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() }
}

const toUtc = ({ year, month, day }: Day) => Date.UTC(year, month - 1, day)

function addDays(day: Day, days: number): Day {
  const date = new Date(toUtc(day) + days * DAY)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

const weekdayOf = (day: Day) => new Date(toUtc(day)).getUTCDay()

function isDay(day: Day): boolean {
  const date = new Date(toUtc(day))
  return date.getUTCMonth() + 1 === day.month && date.getUTCDate() === day.day
}

/** The first instant at which a clock in the zone shows this time; for a time that a clock change skips, the time shifted by the change. */
function toInstant(zone: string, day: Day, hour: number, minute: number): number {
  const clock = zoneClock(zone)
  const local = toUtc(day) + hour * HOUR + minute * MINUTE
  const offsets = [clock(local - 18 * HOUR), clock(local), clock(local + 18 * HOUR)]
  const matching = offsets.map((offset) => local - offset).filter((ms) => ms + clock(ms) === local)
  return matching.length > 0 ? Math.min(...matching) : local - (offsets[0] ?? 0)
}
