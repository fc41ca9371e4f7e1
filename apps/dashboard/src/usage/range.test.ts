import { expect, test } from 'vitest'
import { addDays, daysBetween, isDay, isoWeekday, lastDayOfMonth, nextMonth } from './calendar.ts'
import { chooseSteps, countDays, toDayRange } from './range.ts'

test('days are added across months, years and leap days', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
  expect(daysBetween('2026-11-01', '2026-11-30')).toBe(30)
  expect(nextMonth('2026-12')).toBe('2027-01')
  expect(lastDayOfMonth('2026-02')).toBe('2026-02-28')
  expect(isoWeekday('2026-11-09')).toBe(1)
  expect(isoWeekday('2026-11-15')).toBe(7)
})

test('only valid calendar days are days', () => {
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

test('a named range has as many days as its name says, today included', () => {
  const today = '2026-11-09'
  expect(toDayRange('7d', today)).toEqual({ since: '2026-11-03' })
  expect(countDays(toDayRange('30d', today), today)).toBe(30)
  expect(countDays(toDayRange('year', today), today)).toBe(365)
  expect(toDayRange('month', today)).toEqual({ since: '2026-11-01' })
  expect(countDays(toDayRange('all', today), today)).toBeUndefined()
})

test('the default step gives a readable number of bars', () => {
  const today = '2026-11-09'
  expect(chooseSteps(toDayRange('today', today), today).defaultStep).toBe('hour')
  expect(chooseSteps(toDayRange('30d', today), today).defaultStep).toBe('day')
  expect(chooseSteps(toDayRange('year', today), today).defaultStep).toBe('week')
  expect(chooseSteps({ since: '2020-01-01' }, today).defaultStep).toBe('month')
  expect(chooseSteps(toDayRange('30d', today), today).offered).not.toContain('hour')
})
