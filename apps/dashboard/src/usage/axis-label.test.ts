import { expect, test } from 'vitest'
import { formatAxisLabels } from './axis-label.ts'

test('an hour is labelled with its time, the first of a new day with the date', () => {
  expect(
    formatAxisLabels('hour', ['2026-11-08T22:00:00.000Z', '2026-11-08T23:00:00.000Z', '2026-11-09T00:00:00.000Z'], 'Europe/Berlin', 'de'),
  ).toEqual(['23 Uhr', '9. Nov.', '01 Uhr'])
})

test('the first month of a year shows the year', () => {
  expect(formatAxisLabels('month', ['2025-11', '2025-12', '2026-01', '2026-02'], 'UTC', 'en')).toEqual(['Nov 25', 'Dec', 'Jan 26', 'Feb'])
})

test('days and weeks are labelled with their first day', () => {
  expect(formatAxisLabels('week', ['2026-11-02', '2026-11-09'], 'UTC', 'en')).toEqual(['Nov 2', 'Nov 9'])
})

test('the two hours of one name, when clocks go back, have their offsets', () => {
  const hours = ['2026-10-24T23:00:00.000Z', '2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-25T02:00:00.000Z']
  const labels = formatAxisLabels('hour', hours, 'Europe/Berlin', 'en').map((label) => label.replaceAll('\u202f', ' '))
  expect(labels).toEqual(['1 AM', '2 AM GMT+2', '2 AM GMT+1', '3 AM'])
})
