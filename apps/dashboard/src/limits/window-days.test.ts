import { expect, test } from 'vitest'
import type { LimitHistory } from '../hub/answer.ts'
import { levelOfHeight, toCalendarWeeks } from './window-days.ts'

const point = (at: string, percentageUsed: number, resetsAt?: string) => ({
  at: `${at}:00Z`,
  percentageUsed,
  ...(resetsAt === undefined ? {} : { resetsAt: `${resetsAt}:00Z` }),
})

const history: LimitHistory = {
  since: '2026-09-01T00:00:00Z',
  until: '2026-10-07T12:00:00Z',
  series: [
    {
      kind: 'session',
      label: '5-hour limit',
      points: [
        point('2026-09-28T08:00', 10, '2026-09-28T12:00'),
        point('2026-09-28T11:00', 64, '2026-09-28T12:00'),
        point('2026-09-28T14:00', 31, '2026-09-28T18:00'),
        point('2026-09-30T01:00', 0),
        // In Tokyo this is the 7th.
        point('2026-10-06T16:00', 100, '2026-10-06T20:00'),
      ],
    },
    {
      kind: 'weekly_all',
      label: 'Weekly limit',
      points: [
        point('2026-09-25T08:00', 40, '2026-10-01T07:00'),
        point('2026-09-30T08:00', 93, '2026-10-01T07:00'),
        point('2026-10-05T08:00', 21, '2026-10-08T07:00'),
      ],
    },
  ],
}

test('has the fullest 5-hour window of each day, and each weekly window in the week in which it ended', () => {
  const { weeks, weekly, hasSessions } = toCalendarWeeks(history, 'UTC')
  expect({ weekly, hasSessions }).toEqual({ weekly: ['Weekly limit'], hasSessions: true })
  expect(weeks).toEqual([
    { start: '2026-09-28', days: [{ highest: 64, windows: 2 }, ...Array(6).fill(undefined)], weekly: [{ highest: 93, windows: 1 }] },
    {
      start: '2026-10-05',
      days: [undefined, { highest: 100, windows: 1 }, ...Array(5).fill(undefined)],
      weekly: [{ highest: 21, windows: 1 }],
    },
  ])
  expect(toCalendarWeeks(history, 'Asia/Tokyo').weeks[1]!.days[2]).toEqual({ highest: 100, windows: 1 })
})

test('a plan without a 5-hour limit begins with its weeks', () => {
  const { hasSessions, weeks } = toCalendarWeeks({ ...history, series: history.series.slice(1) }, 'UTC')
  expect(hasSessions).toBe(false)
  expect(weeks.map(({ start }) => start)).toEqual(['2026-09-28', '2026-10-05'])
})

test('a reached limit has a level of its own', () => {
  expect([0, 1, 29, 30, 60, 80, 99, 100, 140].map(levelOfHeight)).toEqual([0, 1, 1, 2, 3, 4, 4, 5, 5])
})
