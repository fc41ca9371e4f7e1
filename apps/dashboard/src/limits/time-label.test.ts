import { expect, test } from 'vitest'
import { formatTimeLabels } from './time-label.ts'

const every = (first: string, hours: number, count: number) =>
  Array.from({ length: count }, (_, index) => Date.parse(first) / 1000 + index * hours * 3_600)

test('ticks within a day show the time, the first of a day its date, in the given time zone', () => {
  expect(formatTimeLabels(every('2026-10-06T16:00:00Z', 3, 4), 'Europe/Berlin', 'en-GB')).toEqual(['18:00', '21:00', '7 Oct', '3:00'])
  expect(formatTimeLabels(every('2026-10-06T16:00:00Z', 3, 4), 'UTC', 'en-GB')).toEqual(['16:00', '19:00', '22:00', '7 Oct'])
})

test('ticks a day apart show dates, across a day of 23 hours too', () => {
  expect(formatTimeLabels(every('2026-10-05T22:00:00Z', 24, 3), 'Europe/Berlin', 'en-GB')).toEqual(['6 Oct', '7 Oct', '8 Oct'])
  expect(formatTimeLabels(every('2026-03-28T23:00:00Z', 23, 2), 'Europe/Berlin', 'en-GB')).toEqual(['29 Mar', '30 Mar'])
})
