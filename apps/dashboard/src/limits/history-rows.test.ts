import { expect, test } from 'vitest'
import type { LimitHistory } from '../hub/answer.ts'
import { buildHistoryRows } from './history-rows.ts'

const history = (points: readonly (readonly [string, number, true?])[]): LimitHistory => ({
  since: '',
  until: '',
  series: [
    {
      kind: 'session',
      label: '5-hour limit',
      points: points.map(([at, percentageUsed, reset]) => ({ at, percentageUsed, ...(reset && { reset }) })),
    },
    { kind: 'weekly_all', label: 'Weekly limit', points: [] },
  ],
})
const rows = (given: LimitHistory, range: Parameters<typeof buildHistoryRows>[1], zone: string) =>
  buildHistoryRows(given, range, zone, 'en-GB').map(({ label, cells }) => [label, cells[0]?.highest, cells[0]?.resets, cells[1]])

test('days start in the given time zone, each with its highest value and its resets', () => {
  const given = history([
    ['2026-10-05T21:30:00Z', 40],
    ['2026-10-05T22:30:00Z', 88],
    ['2026-10-06T03:00:00Z', 3, true],
    ['2026-10-06T20:00:00Z', 12, true],
  ])
  expect(rows(given, '7d', 'Europe/Berlin')).toEqual([
    ['Tue 6 Oct', 88, 2, undefined],
    ['Mon 5 Oct', 40, 0, undefined],
  ])
  expect(rows(given, '7d', 'UTC')).toEqual([
    ['Tue 6 Oct', 12, 2, undefined],
    ['Mon 5 Oct', 88, 0, undefined],
  ])
})

test('five hours are listed by 15 minutes, in the given time zone', () => {
  const given = history([
    ['2026-10-06T09:01:00Z', 10],
    ['2026-10-06T09:14:59Z', 11],
    ['2026-10-06T09:15:00Z', 12],
  ])
  expect(rows(given, '5h', 'Asia/Kathmandu')).toEqual([
    ['from 15:00', 12, 0, undefined],
    ['from 14:45', 11, 0, undefined],
  ])
})

test('a year is listed by week from Monday, across a daylight-saving change', () => {
  const given = history([
    ['2026-10-25T22:30:00Z', 50],
    ['2026-10-25T23:30:00Z', 60],
  ])
  expect(rows(given, '400d', 'Europe/Berlin')).toEqual([
    ['week of 26 Oct', 60, 0, undefined],
    ['week of 19 Oct', 50, 0, undefined],
  ])
})
