import { expect, it } from 'vitest'
import { findCostAnomaly, lastFullHour, sameHourBefore } from './cost-anomaly.ts'

const instants = (ranges: readonly { from: number }[]) => ranges.map(({ from }) => new Date(from).toISOString().slice(0, -8))
const hourOf = (zone: string, at: string) => lastFullHour(zone, Date.parse(at))

it.each([
  ['UTC', '2026-10-06T09:12:00Z', '2026-10-06T08:00'],
  ['UTC', '2026-10-06T09:00:00Z', '2026-10-06T08:00'],
  ['Asia/Kolkata', '2026-10-06T09:12:00Z', '2026-10-06T07:30'],
  ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25T00:00'],
])('the last full hour in %s at %s begins at %s', (zone, at, from) => {
  const hour = hourOf(zone, at)
  expect([instants([hour])[0], hour.to - hour.from]).toEqual([from, 3_600_000])
})

it('compares with the same hour of the zone, also where clocks changed in between', () => {
  // On 25 October clocks went back: 09:00 is 08:00 UTC after it and 07:00 before.
  expect(instants(sameHourBefore('Europe/Berlin', hourOf('Europe/Berlin', '2026-10-27T09:05:00Z'), 3))).toEqual([
    '2026-10-26T08:00',
    '2026-10-25T08:00',
    '2026-10-24T07:00',
  ])
})

it('a day whose clocks skipped the hour has none, and one on which it came twice has its first', () => {
  expect(instants(sameHourBefore('Europe/Berlin', hourOf('Europe/Berlin', '2026-03-31T01:05:00Z'), 3))).toEqual([
    '2026-03-30T00:00',
    '2026-03-28T01:00',
  ])
  expect(instants(sameHourBefore('Europe/Berlin', hourOf('Europe/Berlin', '2026-10-26T02:05:00Z'), 1))).toEqual(['2026-10-25T00:00'])
})

const steady = Array.from({ length: 28 }, (_, day) => 2 + (day % 5) * 0.1)

it.each<[string, number, readonly number[], number, boolean]>([
  ['a usual cost', 2.4, steady, 0, false],
  ['far more than usual', 9, steady, 5, true],
  ['far more than usual, but little', 9, steady, 10, false],
  ['more than six deviations, but less than three times the median', 5, steady, 0, false],
  ['any cost where there was none', 6, Array(28).fill(0), 5, true],
  ['no cost where there was none', 0, Array(28).fill(0), 0, false],
  ['a cost among those that vary widely', 28, [1, 30, 2, 50, 3, 40, 5], 5, false],
  ['as unusual an hour as one before', 90, [2, 2.1, 1.9, 2, 95, 2, 2.2], 5, true],
])('%s', (_, cost, before, least, isAnomaly) => {
  expect(findCostAnomaly(cost, before, least).isAnomaly).toBe(isAnomaly)
})

it('says from which cost on it is unusual', () => {
  const { median, threshold } = findCostAnomaly(9, [2, 2, 2, 4, 2], 1)
  expect([median, threshold]).toEqual([2, 6])
})
