import { expect, test } from 'vitest'
import {
  formatAgo,
  formatDuration,
  formatElapsed,
  formatLongDay,
  formatMonthAndYear,
  formatWeekday,
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
