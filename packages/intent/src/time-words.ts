import { addDays, localDay } from '@signalbox/usage/zone'
import { months, weekdays } from './lexicon/en.ts'
import type { Token } from './tidy.ts'

export interface FoundTime {
  readonly range: string
  readonly from: number
  readonly length: number
}

/** Spans in fixed words. Longer phrases stand before those that they contain. */
const fixed: readonly (readonly [string, string])[] = (
  [
    ['today', 'today|so far today|this morning|this afternoon|this evening|since midnight|since this morning|current day|the day so far'],
    ['yesterday', 'yesterday|previous day|last day but one'],
    ['last_night', 'last night|overnight|over night|the night|during the night|in the night|this night'],
    [
      'this_week',
      'this week|the week so far|current week|week to date|the week to date|the current week|since the start of the week|this weeks|the running week',
    ],
    ['last_week', 'last week|previous week|the week before|prior week|last weeks|the last week'],
    [
      'this_month',
      'this month|month to date|the month to date|current month|the month so far|the month|since the start of the month|this months|running month',
    ],
    ['last_month', 'last month|previous month|the month before|prior month|last months'],
    [
      'this_year',
      'this year|year to date|the year to date|current year|the year so far|the year|since the start of the year|since new year',
    ],
    [
      'all',
      'all time|in total ever|the beginning|the very beginning|we started|we began|i started|inception|since inception|day one|the first day|ever since|over all time|ever|since the beginning|since ever|from the beginning|of all time|lifetime|since the start|since day one|total ever|to date',
    ],
    ['last_7d', 'past week|the past week|past 7 days|last seven days'],
    ['last_30d', 'past month|the past month'],
    ['last_365d', 'past year|the past year'],
    ['last_1h', 'last hour|past hour|previous hour|the last hour'],
    ['last_24h', 'last day|past day|since yesterday'],
    ['last_90d', 'last quarter|past quarter|last three months|past three months'],
  ] as const
)
  .flatMap(([range, phrases]) => phrases.split('|').map((phrase) => [phrase, range] as const))
  .sort((a, b) => b[0].length - a[0].length)

/** By their first word, because every word of a question is looked up. */
const fixedByFirst = new Map<string, { words: readonly string[]; range: string }[]>()
for (const [phrase, range] of fixed) {
  const words = phrase.split(' ')
  const list = fixedByFirst.get(words[0]!) ?? []
  list.push({ words, range })
  fixedByFirst.set(words[0]!, list)
}

/** Every word of those phrases, none of them misspelt. */
export const spanWords: ReadonlySet<string> = new Set(fixed.flatMap(([phrase]) => phrase.split(' ')))

const unitOf: Readonly<Record<string, readonly [unit: 'm' | 'h' | 'd', count: number]>> = {
  minute: ['m', 1],
  minutes: ['m', 1],
  hour: ['h', 1],
  hours: ['h', 1],
  day: ['d', 1],
  days: ['d', 1],
  week: ['d', 7],
  weeks: ['d', 7],
  month: ['d', 30],
  months: ['d', 30],
  year: ['d', 365],
  years: ['d', 365],
  fortnight: ['d', 14],
}

/** The spans of time in a question, first to last; with two days between which it asks, one span. */
export function findTimes(tokens: readonly Token[], now: number, timezone: string): FoundTime[] {
  const today = localDay(timezone, now)
  const found: FoundTime[] = []
  for (let from = 0; from < tokens.length; ) {
    const one = timeAt(tokens, from, today)
    if (one !== undefined) found.push(one)
    from = one === undefined ? from + 1 : one.from + one.length
  }
  return found
}

function timeAt(tokens: readonly Token[], from: number, today: string): FoundTime | undefined {
  const word = (n: number) => tokens[from + n]?.word ?? ''
  const lead = ['from', 'between', 'since', 'on', 'in'].includes(word(0)) ? 1 : 0
  const part = partAt(tokens, word(0) === 'the' ? from + 1 : from, today)
  if (part !== undefined) return part
  const first = dayAt(tokens, from + lead, today) ?? dayBefore(tokens, from + lead, today)
  if (first !== undefined) {
    const next = from + lead + first.length
    const joint = tokens[next]?.word ?? ''
    if (['to', 'and', 'until', 'through', 'thru'].includes(joint) || (tokens[next]?.number !== undefined && word(0) === 'from')) {
      const second = dayAt(tokens, next + 1, today, first.day)
      if (second !== undefined && second.day >= first.day)
        return { range: `${first.day}..${second.day}`, from, length: next + 1 + second.length - from }
    }
    // Two dates beside each other are a span: `2026-11-01..2026-11-15`.
    if (/^\d{4}-\d\d-\d\d$/.test(joint)) return { range: `${first.day}..${joint}`, from, length: lead + first.length + 1 }
    if (word(0) === 'since') return { range: `${first.day}..${today}`, from, length: lead + first.length }
    return { range: first.day, from: from + lead, length: first.length }
  }
  const month = monthAt(tokens, from + lead, today)
  if (month !== undefined) {
    if (word(0) === 'since') return { range: `${monthBegin(tokens[from + lead]!.word, today)}..${today}`, from, length: lead + 1 }
    const isYear = /^20\d\d$/.test(tokens[from + lead + 1]?.word ?? '')
    return { ...month, from: from + lead, length: isYear ? 2 : 1 }
  }
  for (const { words, range } of fixedByFirst.get(word(0)) ?? []) {
    if (!words.every((one, n) => word(n) === one)) continue
    if (range === 'yesterday' && from > 2 && tokens[from - 1]?.word === 'before' && tokens[from - 2]?.word === 'day') {
      return { range: addDays(today, -2), from, length: 1 }
    }
    return { range, from, length: words.length }
  }
  // `todays`, as people write it.
  const single = fixedByFirst.get(word(0).replace(/s$/, ''))?.find(({ words }) => words.length === 1)
  if (single !== undefined && word(0).endsWith('s')) return { range: single.range, from, length: 1 }
  return lastAt(tokens, from) ?? bareAt(tokens, from, today) ?? weekendAt(tokens, from, today)
}

/** `failures 24h`, `cost 7 days`, and the day of `3 days ago`. A number of hours after `in` or `every` is something else. */
function bareAt(tokens: readonly Token[], from: number, today: string): FoundTime | undefined {
  const [count, next, after] = [tokens[from]!, tokens[from + 1], tokens[from + 2]?.word ?? '']
  const unit = unitOf[next?.word ?? '']
  if (unit === undefined || count.number === undefined || count.isOrdinal || count.number < 1) return undefined
  if (after === 'ago') {
    const days = unit[0] === 'd' && (unit[1] < 30 || count.number < 12) ? count.number * unit[1] : undefined
    return days === undefined ? undefined : { range: addDays(today, -days), from, length: 3 }
  }
  const isSaid = /\d/.test(count.word) || count.number > 1
  if (!isSaid || ['limit', 'limits', 'window', 'block', 'cap', 'quota'].includes(after)) return undefined
  if (['every', 'each', 'per', 'next', 'until', 'another', 'coming', 'by', 'at'].includes(tokens[from - 1]?.word ?? '')) return undefined
  return { range: `last_${Math.round(count.number * unit[1])}${unit[0]}`, from, length: 2 }
}

/** The 3rd of `3 to 9 november`, whose month is said once. */
function dayBefore(tokens: readonly Token[], from: number, today: string): Day | undefined {
  const [first, joint, , month] = tokens.slice(from, from + 4)
  if (first?.number === undefined || !isDay(first.number) || !['to', 'and', 'until', 'through'].includes(joint?.word ?? ''))
    return undefined
  const number = monthNumber(month?.word)
  return number === undefined ? undefined : dateOf(number, first.number, today, 1)
}

/** Parts of a month, of a year, and the span before the last. */
function partAt(tokens: readonly Token[], from: number, today: string): FoundTime | undefined {
  const word = (n: number) => tokens[from + n]?.word ?? ''
  if (/^20\d\d$/.test(word(0))) {
    const year = word(0)
    return { range: year === today.slice(0, 4) ? 'this_year' : `${year}-01-01..${year}-12-31`, from, length: 1 }
  }
  if (/^q[1-4]$/.test(word(0))) {
    const begin = Number(word(0)[1]) * 3 - 2
    const year = Number(today.slice(0, 4)) - (begin > Number(today.slice(5, 7)) ? 1 : 0)
    return { range: `${monthSpan(year, begin).begin}..${monthSpan(year, begin + 2).end}`, from, length: 1 }
  }
  if (word(0) === 'quarter' && ['this', 'current'].includes(tokens[from - 1]?.word ?? '')) {
    const month = Number(today.slice(5, 7))
    return { range: `${monthSpan(Number(today.slice(0, 4)), month - ((month - 1) % 3)).begin}..${today}`, from, length: 1 }
  }
  if (word(1) === 'before' && word(2) === 'last' && (word(0) === 'week' || word(0) === 'month')) {
    if (word(0) === 'month') {
      const { begin, end } = monthSpan(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 2)
      return { range: `${begin}..${end}`, from, length: 3 }
    }
    const sunday = addDays(lastWeekday(today, 0), -7)
    return { range: `${addDays(sunday, -6)}..${sunday}`, from, length: 3 }
  }
  const at = word(2) === 'of' ? (word(3) === 'the' ? 4 : 3) : 0
  if (at === 0 || !/^(?:first|second|last|third)$/.test(word(0)) || !/^(?:half|week)$/.test(word(1))) return undefined
  const month = monthNumber(word(at))
  if (month === undefined) return undefined
  const year = Number(today.slice(0, 4)) - (month > Number(today.slice(5, 7)) ? 1 : 0)
  const { begin, end } = monthSpan(year, month)
  const day = (number: number) => `${begin.slice(0, 8)}${String(number).padStart(2, '0')}`
  const spans: Readonly<Record<string, string>> = {
    'first half': `${begin}..${day(15)}`,
    'second half': `${day(16)}..${end}`,
    'first week': `${begin}..${day(7)}`,
    'second week': `${day(8)}..${day(14)}`,
    'third week': `${day(15)}..${day(21)}`,
    'last week': `${addDays(end, -6)}..${end}`,
  }
  const range = spans[`${word(0)} ${word(1)}`]
  return range === undefined ? undefined : { range, from, length: at + 1 }
}

/** First and last day of a month; months beyond a year count on. */
function monthSpan(year: number, month: number): { begin: string; end: string } {
  const text = (at: Date) => at.toISOString().slice(0, 10)
  return { begin: text(new Date(Date.UTC(year, month - 1, 1))), end: text(new Date(Date.UTC(year, month, 0))) }
}

function lastAt(tokens: readonly Token[], from: number): FoundTime | undefined {
  const lead = tokens[from]?.word
  const isLong =
    (lead === 'for' || lead === 'over') &&
    (tokens[from + 1]?.number ?? 0) > 1 &&
    /^(?:days|weeks|months)$/.test(tokens[from + 2]?.word ?? '')
  if (lead === undefined || (!isLong && !['last', 'past', 'previous', 'preceding', 'recent', 'final'].includes(lead))) return undefined
  let at = from + 1
  let count = 1
  if (tokens[at]?.word === 'a') at++
  if (tokens[at]?.number !== undefined && !tokens[at]!.isOrdinal) count = tokens[at++]!.number!
  if (tokens[at]?.word === 'of') at++
  if (count === 0.5 && tokens[at]?.word === 'an') at++
  if (tokens[at]?.word === 'half') return undefined
  const unit = unitOf[tokens[at]?.word ?? '']
  if (unit === undefined || (at === from + 1 && unit[0] === 'd' && tokens[at]!.word !== 'fortnight')) return undefined
  const many = Math.round(count * unit[1])
  return count === 0.5 && unit[0] === 'h'
    ? { range: 'last_30m', from, length: at + 1 - from }
    : { range: `last_${many}${unit[0]}`, from, length: at + 1 - from }
}

function weekendAt(tokens: readonly Token[], from: number, today: string): FoundTime | undefined {
  if (tokens[from]?.word !== 'weekend') return undefined
  const sunday = lastWeekday(today, 0)
  return { range: `${addDays(sunday, -1)}..${sunday}`, from, length: 1 }
}

function monthBegin(word: string, today: string): string {
  const month = monthNumber(word)!
  return monthSpan(Number(today.slice(0, 4)) - (month > Number(today.slice(5, 7)) ? 1 : 0), month).begin
}

interface Day {
  readonly day: string
  readonly length: number
}

function dayAt(tokens: readonly Token[], from: number, today: string, after?: string): Day | undefined {
  const [a, b, c] = [tokens[from], tokens[from + 1], tokens[from + 2]]
  if (a === undefined) return undefined
  if (/^\d{4}-\d\d-\d\d$/.test(a.word)) return { day: a.word, length: 1 }
  if (a.word === 'the' && b !== undefined) {
    const rest = dayAt(tokens, from + 1, today, after)
    return rest && { ...rest, length: rest.length + 1 }
  }
  if (a.word === 'yesterday' && after !== undefined) return { day: addDays(today, -1), length: 1 }
  if (a.word === 'now' && after !== undefined) return { day: today, length: 1 }
  if (a.word === 'today') return after === undefined ? undefined : { day: today, length: 1 }
  if (a.word === 'day' && b?.word === 'before' && c?.word === 'yesterday') return { day: addDays(today, -2), length: 3 }
  const monthFirst = monthNumber(a.word)
  if (monthFirst !== undefined && b?.number !== undefined && isDay(b.number)) return dateOf(monthFirst, b.number, today, 2)
  const isOf = b?.word === 'of'
  const monthLater = monthNumber((isOf ? c : b)?.word)
  if (a.number !== undefined && isDay(a.number) && /\d/.test(a.word + (monthLater === undefined ? '' : '1')) && monthLater !== undefined)
    return dateOf(monthLater, a.number, today, isOf ? 3 : 2)
  if (after !== undefined && a.number !== undefined && isDay(a.number) && /\d/.test(a.word)) {
    return { day: `${after.slice(0, 8)}${String(a.number).padStart(2, '0')}`, length: 1 }
  }
  if (a.isOrdinal && /\d/.test(a.word) && isDay(a.number!)) {
    const day = `${today.slice(0, 8)}${String(a.number).padStart(2, '0')}`
    return { day, length: 1 }
  }
  const isLast = a.word === 'last' || a.word === 'this'
  const named = isLast ? b : a
  const weekday = weekdays.findIndex((one) => one === named?.word || `${one}s` === named?.word)
  const isLastWeek = tokens[from + 1]?.word === 'last' && tokens[from + 2]?.word === 'week'
  const ofLastWeek = tokens[from + 1]?.word === 'of' && tokens[from + 2]?.word === 'last' && tokens[from + 3]?.word === 'week'
  if (weekday >= 0 && !isLast && (isLastWeek || ofLastWeek)) {
    const monday = addDays(lastWeekday(addDays(today, 1), 1), -7)
    return { day: addDays(monday, (weekday + 6) % 7), length: isLastWeek ? 3 : 4 }
  }
  // "thursday the 19th": the date says which.
  const afterDay = from + (isLast ? 2 : 1)
  const isDated =
    tokens[afterDay]?.word === 'the' || tokens[afterDay]?.isOrdinal === true || monthNumber(tokens[afterDay]?.word) !== undefined
  const dated = weekday >= 0 && isDated ? dayAt(tokens, afterDay, today) : undefined
  if (dated !== undefined) return { day: dated.day, length: afterDay - from + dated.length }
  if (weekday >= 0) return { day: lastWeekday(today, weekday), length: isLast ? 2 : 1 }
  return undefined
}

const isDay = (number: number) => number >= 1 && number <= 31

function monthNumber(word: string | undefined): number | undefined {
  // `may` is a verb far more often.
  const index = months.findIndex((one) => one === word || `${one}s` === word)
  return index < 0 ? undefined : index + 1
}

function dateOf(month: number, day: number, today: string, length: number): Day {
  const text = (year: number) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const thisYear = text(Number(today.slice(0, 4)))
  return { day: thisYear > today ? text(Number(today.slice(0, 4)) - 1) : thisYear, length }
}

/** The newest such day that is over, today never. */
function lastWeekday(today: string, weekday: number): string {
  const days = (new Date(`${today}T00:00:00Z`).getUTCDay() - weekday + 7) % 7 || 7
  return addDays(today, -days)
}

function monthAt(tokens: readonly Token[], from: number, today: string): FoundTime | undefined {
  const word = tokens[from]?.word
  const month = word === 'may' ? undefined : monthNumber(word)
  if (month === undefined) return undefined
  const current = Number(today.slice(5, 7))
  if (month === current) return { range: 'this_month', from, length: 1 }
  if (month === ((current + 10) % 12) + 1) return { range: 'last_month', from, length: 1 }
  const year = Number(today.slice(0, 4)) - (month > current ? 1 : 0)
  const { begin, end } = monthSpan(year, month)
  return { range: `${begin}..${end}`, from, length: 1 }
}
