import { expect, test } from 'vitest'
import type { LimitPoint } from '../hub/answer.ts'
import type { WindowRow } from '../hub/limit-row.ts'
import { forecastOf, pointsOf } from './pace.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const now = Date.parse('2026-10-06T12:00:00Z')

function row(fields: Partial<WindowRow> = {}): WindowRow {
  return {
    key: 'currentSession',
    kind: 'session',
    label: 'Current session',
    state: 'known',
    percent: 50,
    resetsAt: now + 2 * HOUR,
    readAt: now - MINUTE,
    older: false,
    ...fields,
  }
}

/** Minutes before now, percent. */
const points = (given: readonly (readonly [number, number])[], fields: Partial<LimitPoint> = {}): LimitPoint[] =>
  given.map(([ago, percentageUsed]) => ({ at: new Date(now - ago * MINUTE).toISOString(), percentageUsed, ...fields }))

test('a steady pace is drawn on to where it is full', () => {
  // 30 % in 59 minutes, 50 % left: another 98 minutes and a bit.
  const forecast = forecastOf(
    row(),
    points([
      [60, 20],
      [40, 30],
      [20, 40],
    ]),
    now,
  )
  expect(forecast.kind).toBe('full')
  expect(forecast.kind === 'full' && (forecast.at - now) / MINUTE).toBeCloseTo((50 * 59) / 30 - 1, 3)
})

test('a pace that leaves something lasts, and so does no use at all', () => {
  expect(
    forecastOf(
      row(),
      points([
        [60, 44],
        [30, 47],
      ]),
      now,
    ),
  ).toEqual({ kind: 'lasts' })
  expect(
    forecastOf(
      row(),
      points([
        [60, 50],
        [30, 50],
      ]),
      now,
    ),
  ).toEqual({ kind: 'lasts' })
  expect(
    forecastOf(
      row({ resetsAt: now + 4 * MINUTE, percent: 89 }),
      points([
        [60, 60],
        [30, 75],
      ]),
      now,
    ),
  ).toEqual({ kind: 'lasts' })
})

test('only the recent past counts: who worked hard this morning and rests now is not told that it ends', () => {
  expect(
    forecastOf(
      row(),
      points([
        [200, 0],
        [100, 50],
        [50, 50],
        [20, 50],
      ]),
      now,
    ),
  ).toEqual({ kind: 'lasts' })
})

test.each([
  ['no history', []],
  ['one reading before', [[40, 20]]],
  [
    'a few minutes',
    [
      [9, 40],
      [5, 45],
    ],
  ],
  [
    'readings from before the recent past',
    [
      [300, 1],
      [200, 2],
    ],
  ],
] as const)('%s says too little', (_, given) => {
  expect(forecastOf(row(), points(given), now)).toEqual({ kind: 'unknown' })
})

test('where half of one decides, nothing is said', () => {
  // 1 % in 20 minutes with 96 % used: full in an hour or never.
  expect(
    forecastOf(
      row({ percent: 96, resetsAt: now + 1.5 * HOUR }),
      points([
        [21, 95],
        [10, 95],
      ]),
      now,
    ),
  ).toEqual({ kind: 'unknown' })
})

test('what belongs to the window before is no part of the pace', () => {
  const before = points(
    [
      [58, 90],
      [50, 95],
    ],
    { resetsAt: new Date(now - 45 * MINUTE).toISOString() },
  )
  const after = points([[44, 0]], { reset: true })
  expect(forecastOf(row({ percent: 2 }), [...before, ...after, ...points([[20, 1]])], now)).toEqual({ kind: 'lasts' })
  const unmarked = points([[44, 20]], { resetsAt: new Date(now - 10 * MINUTE).toISOString() })
  expect(forecastOf(row(), [...unmarked, ...points([[20, 40]])], now)).toEqual({ kind: 'unknown' })
})

test('an old reading, an idle and a finished window, and one without a reset are not drawn on', () => {
  const steady = points([
    [60, 20],
    [40, 30],
    [20, 40],
  ])
  const { resetsAt: _, ...bare } = row()
  for (const one of [row({ readAt: now - 16 * MINUTE }), row({ state: 'idle' }), row({ state: 'reset' }), bare]) {
    expect(forecastOf(one, steady, now)).toEqual({ kind: 'unknown' })
  }
})

test('a week is judged by a day', () => {
  const week = row({ kind: 'weekly_all', label: 'All models', percent: 60, resetsAt: now + 72 * HOUR })
  expect(
    forecastOf(
      week,
      points([
        [120, 55],
        [60, 57],
      ]),
      now,
    ),
  ).toEqual({ kind: 'unknown' })
  expect(
    forecastOf(
      week,
      points([
        [1_430, 35],
        [700, 50],
      ]),
      now,
    ).kind,
  ).toBe('full')
  expect(
    forecastOf(
      week,
      points([
        [1_430, 55],
        [700, 58],
      ]),
      now,
    ),
  ).toEqual({ kind: 'lasts' })
})

test('a row finds its series by kind, and models by their label', () => {
  const series = (kind: WindowRow['kind'], label: string, percent: number) => ({ kind, label, points: points([[1, percent]]) })
  const history = {
    since: '',
    until: '',
    series: [series('session', 'Current session', 1), series('weekly_scoped', 'Opus only', 2), series('weekly_scoped', 'Sonnet only', 3)],
  }
  const percents = (one: WindowRow) => pointsOf(one, history).map(({ percentageUsed }) => percentageUsed)
  expect(percents(row({ label: 'Session' }))).toEqual([1])
  expect(percents(row({ kind: 'weekly_scoped', label: 'sonnet only' }))).toEqual([3])
  expect(percents(row({ kind: 'weekly_all' }))).toEqual([])
  expect(pointsOf(row(), undefined)).toEqual([])
})
