import { expect, test } from 'vitest'
import { addDays, daysBetween, isDay, lastDayOf, nextMonth, weekdayOf } from './calendar.ts'
import { lengthOf, rangeOf, stepsFor } from './range.ts'

test('days are added across months, years and leap days', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
  expect(daysBetween('2026-11-01', '2026-11-30')).toBe(30)
  expect(nextMonth('2026-12')).toBe('2027-01')
  expect(lastDayOf('2026-02')).toBe('2026-02-28')
  expect(weekdayOf('2026-11-09')).toBe(1)
  expect(weekdayOf('2026-11-15')).toBe(7)
})

test('only a day of the calendar is a day', () => {
  expect(['2026-02-28', '2026-02-30', '2026-2-3', 'today', '', undefined, 20260101].map(isDay)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
    false,
  ])
})

test('a named range begins so that it has as many days as its name says, today included', () => {
  const today = '2026-11-09'
  expect(rangeOf('7d', today)).toEqual({ since: '2026-11-03' })
  expect(lengthOf(rangeOf('30d', today), today)).toBe(30)
  expect(lengthOf(rangeOf('year', today), today)).toBe(365)
  expect(rangeOf('month', today)).toEqual({ since: '2026-11-01' })
  expect(lengthOf(rangeOf('all', today), today)).toBeUndefined()
})

test('the usual step never makes more than 120 bars and never fewer than a readable few', () => {
  const today = '2026-11-09'
  expect(stepsFor(rangeOf('today', today), today).usual).toBe('hour')
  expect(stepsFor(rangeOf('30d', today), today).usual).toBe('day')
  expect(stepsFor(rangeOf('year', today), today).usual).toBe('week')
  expect(stepsFor({ since: '2020-01-01' }, today).usual).toBe('month')
  expect(stepsFor(rangeOf('30d', today), today).offered).not.toContain('hour')
})
