import { expect, test } from 'vitest'
import {
  formatAgo,
  formatDuration,
  formatElapsed,
  formatExactTime,
  formatLongDay,
  formatMoment,
  formatMonthAndYear,
  formatTime,
  formatWeekday,
  formatWeekdayAndTime,
  toLocalDay,
  toNoonUtc,
} from './time-format.ts'

test('a day is the local day, on both sides of midnight and of the date line', () => {
  const instant = Date.parse('2026-11-09T23:30:00Z')
  expect(toLocalDay(instant, 'UTC')).toBe('2026-11-09')
  expect(toLocalDay(instant, 'Europe/Berlin')).toBe('2026-11-10')
  expect(toLocalDay(instant, 'Pacific/Kiritimati')).toBe('2026-11-10')
  expect(toLocalDay(instant, 'Pacific/Pago_Pago')).toBe('2026-11-09')
})

test('days and months do not depend on the time zone of the machine', () => {
  expect(formatLongDay('2026-11-09', 'en')).toBe('Monday, November 9, 2026')
  expect(formatMonthAndYear('2026-11', 'en')).toBe('November 2026')
  expect(new Date(toNoonUtc('2026-11')).toISOString()).toBe('2026-11-01T12:00:00.000Z')
})

test('a moment that is far away has its year', () => {
  const now = Date.parse('2026-11-30T12:00:00Z')
  const text = (at: string) => formatMoment(Date.parse(at), 'UTC', 'en', now)
  expect(text('2026-12-31T14:05:00Z')).toMatch(/^Thu, Dec 31, 2:05/)
  expect(text('2027-11-30T14:05:00Z')).toMatch(/^Nov 30, 2027, 2:05/)
  expect(text('2025-11-30T14:05:00Z')).toMatch(/^Nov 30, 2025, 2:05/)
})

test('weekday 1 is Monday', () => {
  expect([1, 2, 7].map((weekday) => formatWeekday(weekday, 'en'))).toEqual(['Mon', 'Tue', 'Sun'])
})

test('a duration has at most two units and is never negative', () => {
  const second = 1000
  const minute = 60 * second
  const hour = 60 * minute
  expect([-5, 12 * second, 90 * second, 2 * hour + 42 * minute, 5 * hour, 76 * hour].map(formatDuration)).toEqual([
    '0 s',
    '12 s',
    '1 min',
    '2 h 42 min',
    '5 h',
    '3 d 4 h',
  ])
})

test('a running duration has seconds within the first hour', () => {
  expect([-5, 59_999, 60_000, 245_000, 3_599_000, 3_600_000].map(formatElapsed)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '4 min 5 s',
    '59 min 59 s',
    '1 h',
  ])
})

test('the past is shown in the largest unit; a future instant is just now', () => {
  const now = Date.parse('2026-11-09T12:00:00Z')
  expect([-3, 4, 42, 185, 7300, 90_000, 200_000].map((seconds) => formatAgo(now - seconds * 1000, now))).toEqual([
    'just now',
    'just now',
    '42 s ago',
    '3 min ago',
    '2 h ago',
    'a day ago',
    '2 days ago',
  ])
})

test('a time that clocks show twice has its offset, in every format', () => {
  const [first, second, later] = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'].map((at) => Date.parse(at)) as [
    number,
    number,
    number,
  ]
  const zone = 'Europe/Berlin'
  const plain = (text: string) => text.replaceAll('\u202f', ' ')
  for (const format of [formatTime, formatMoment, formatWeekdayAndTime, formatExactTime]) {
    const texts = [first, second, later].map((at) => plain(format(at, zone, 'en')))
    expect(texts[0]).toMatch(/2:30(:00)? AM GMT\+2$/)
    expect(texts[1]).toMatch(/2:30(:00)? AM GMT\+1$/)
    expect(texts[2]).toMatch(/3:30(:00)? AM$/)
  }
  expect(plain(formatTime(Date.parse('2026-04-04T14:45:00Z'), 'Australia/Lord_Howe', 'en'))).toBe('1:45 AM GMT+11')
  expect(plain(formatTime(Date.parse('2026-04-04T15:15:00Z'), 'Australia/Lord_Howe', 'en'))).toBe('1:45 AM GMT+10:30')
})
