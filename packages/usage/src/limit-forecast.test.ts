import type { LimitPoint } from '@signalbox/contract/limit-history'
import { expect, test } from 'vitest'
import { type ForecastWindow, findSeriesPoints, forecastLimit } from './limit-forecast.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const now = Date.parse('2026-10-06T12:00:00Z')

function row(fields: Partial<ForecastWindow> = {}): ForecastWindow {
  return {
    kind: 'session',
    label: '5-hour limit',
    state: 'known',
    percent: 50,
    resetsAt: now + 2 * HOUR,
    readAt: now - MINUTE,
    ...fields,
  }
}

/** Minutes before now, percent. */
const points = (given: readonly (readonly [number, number])[], fields: Partial<LimitPoint> = {}): LimitPoint[] =>
  given.map(([ago, percentageUsed]) => ({ at: new Date(now - ago * MINUTE).toISOString(), percentageUsed, ...fields }))

test('a steady pace is extrapolated to the time of the limit', () => {
  // 30 % in 59 minutes, 50 % left: another 98 minutes and a bit.
  const forecast = forecastLimit(
    row(),
    points([
      [60, 20],
      [40, 30],
      [20, 40],
    ]),
    now,
  )
  expect(forecast.kind).toBe('limit_reached')
  expect(forecast.kind === 'limit_reached' && (forecast.at - now) / MINUTE).toBeCloseTo((50 * 59) / 30 - 1, 3)
})

test('a pace that stays below the limit until the reset is on track, and so is no usage', () => {
  expect(
    forecastLimit(
      row(),
      points([
        [60, 44],
        [30, 47],
      ]),
      now,
    ),
  ).toEqual({ kind: 'on_track' })
  expect(
    forecastLimit(
      row(),
      points([
        [60, 50],
        [30, 50],
      ]),
      now,
    ),
  ).toEqual({ kind: 'on_track' })
  expect(
    forecastLimit(
      row({ resetsAt: now + 4 * MINUTE, percent: 89 }),
      points([
        [60, 60],
        [30, 75],
      ]),
      now,
    ),
  ).toEqual({ kind: 'on_track' })
})

test('only the recent past counts: heavy usage hours ago does not forecast the limit', () => {
  expect(
    forecastLimit(
      row(),
      points([
        [200, 0],
        [100, 50],
        [50, 50],
        [20, 50],
      ]),
      now,
    ),
  ).toEqual({ kind: 'on_track' })
})

test.each([
  ['no history', []],
  ['one earlier point', [[40, 20]]],
  [
    'a few minutes',
    [
      [9, 40],
      [5, 45],
    ],
  ],
  [
    'points older than the recent past',
    [
      [300, 1],
      [200, 2],
    ],
  ],
] as const)('%s is too little data', (_, given) => {
  expect(forecastLimit(row(), points(given), now)).toEqual({ kind: 'unknown' })
})

test('a result within the rounding error is unknown', () => {
  // 1 % in 20 minutes with 96 % used: full in an hour or never.
  expect(
    forecastLimit(
      row({ percent: 96, resetsAt: now + 1.5 * HOUR }),
      points([
        [21, 95],
        [10, 95],
      ]),
      now,
    ),
  ).toEqual({ kind: 'unknown' })
})

test('points of the previous window are ignored', () => {
  const before = points(
    [
      [58, 90],
      [50, 95],
    ],
    { resetsAt: new Date(now - 45 * MINUTE).toISOString() },
  )
  const after = points([[44, 0]], { reset: true })
  expect(forecastLimit(row({ percent: 2 }), [...before, ...after, ...points([[20, 1]])], now)).toEqual({ kind: 'on_track' })
  const unmarked = points([[44, 20]], { resetsAt: new Date(now - 10 * MINUTE).toISOString() })
  expect(forecastLimit(row(), [...unmarked, ...points([[20, 40]])], now)).toEqual({ kind: 'unknown' })
})

test('stale, idle and reset windows, and windows without a reset time, have no forecast', () => {
  const steady = points([
    [60, 20],
    [40, 30],
    [20, 40],
  ])
  const { resetsAt: _, ...bare } = row()
  for (const one of [row({ readAt: now - 16 * MINUTE }), row({ state: 'idle' }), row({ state: 'reset' }), bare]) {
    expect(forecastLimit(one, steady, now)).toEqual({ kind: 'unknown' })
  }
})

test('a weekly window is forecast from a day of points', () => {
  const week = row({ kind: 'weekly_all', label: 'Weekly limit', percent: 60, resetsAt: now + 72 * HOUR })
  expect(
    forecastLimit(
      week,
      points([
        [120, 55],
        [60, 57],
      ]),
      now,
    ),
  ).toEqual({ kind: 'unknown' })
  expect(
    forecastLimit(
      week,
      points([
        [1_430, 35],
        [700, 50],
      ]),
      now,
    ).kind,
  ).toBe('limit_reached')
  expect(
    forecastLimit(
      week,
      points([
        [1_430, 55],
        [700, 58],
      ]),
      now,
    ),
  ).toEqual({ kind: 'on_track' })
})

test('a row matches its series by kind, and model windows by their label', () => {
  const series = (kind: ForecastWindow['kind'], label: string, percent: number) => ({ kind, label, points: points([[1, percent]]) })
  const history = {
    since: '',
    until: '',
    series: [
      series('session', '5-hour limit', 1),
      series('weekly_scoped', 'Weekly limit · Opus', 2),
      series('weekly_scoped', 'Weekly limit · Sonnet', 3),
    ],
  }
  const percents = (one: ForecastWindow) => findSeriesPoints(one, history).map(({ percentageUsed }) => percentageUsed)
  expect(percents(row({ label: 'Another label' }))).toEqual([1])
  expect(percents(row({ kind: 'weekly_scoped', label: 'weekly limit · sonnet' }))).toEqual([3])
  expect(percents(row({ kind: 'weekly_all' }))).toEqual([])
  expect(findSeriesPoints(row(), undefined)).toEqual([])
})

test('over 100 % the limit is reached, also where the values before it were over 100 %', () => {
  const before = points([
    [50, 98],
    [30, 101],
    [10, 140],
  ])
  expect(forecastLimit(row({ percent: 151 }), before, now)).toEqual({ kind: 'limit_reached', at: now - MINUTE })
})
