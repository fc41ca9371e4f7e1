import { expect, test } from 'vitest'
import { ago, dayOf, duration, longDay, monthAndYear, noonOf, stopwatch, weekdayName } from './time-format.ts'

test('a day is the local one, on both sides of midnight and of the date line', () => {
  const instant = Date.parse('2026-11-09T23:30:00Z')
  expect(dayOf(instant, 'UTC')).toBe('2026-11-09')
  expect(dayOf(instant, 'Europe/Berlin')).toBe('2026-11-10')
  expect(dayOf(instant, 'Pacific/Kiritimati')).toBe('2026-11-10')
  expect(dayOf(instant, 'Pacific/Pago_Pago')).toBe('2026-11-09')
})

test('a day and a month are shown as they are, whatever the zone of the machine', () => {
  expect(longDay('2026-11-09', 'en')).toBe('Monday, November 9, 2026')
  expect(monthAndYear('2026-11', 'en')).toBe('November 2026')
  expect(new Date(noonOf('2026-11')).toISOString()).toBe('2026-11-01T12:00:00.000Z')
})

test('the week begins with Monday as one', () => {
  expect([1, 2, 7].map((weekday) => weekdayName(weekday, 'en'))).toEqual(['Mon', 'Tue', 'Sun'])
})

test('a span has at most two units and is never negative', () => {
  const second = 1000
  const minute = 60 * second
  const hour = 60 * minute
  expect([-5, 12 * second, 90 * second, 2 * hour + 42 * minute, 5 * hour, 76 * hour].map(duration)).toEqual([
    '0 s',
    '12 s',
    '1 min',
    '2 h 42 min',
    '5 h',
    '3 d 4 h',
  ])
})

test('a span that is watched has seconds within an hour', () => {
  expect([-5, 59_999, 60_000, 245_000, 3_599_000, 3_600_000].map(stopwatch)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '4 min 5 s',
    '59 min 59 s',
    '1 h',
  ])
})

test('the past is told in the largest unit that fits; a clock that is ahead says just now', () => {
  const now = Date.parse('2026-11-09T12:00:00Z')
  expect([-3, 4, 42, 185, 7300, 90_000, 200_000].map((seconds) => ago(now - seconds * 1000, now))).toEqual([
    'just now',
    'just now',
    '42 s ago',
    '3 min ago',
    '2 h ago',
    'a day ago',
    '2 days ago',
  ])
})
