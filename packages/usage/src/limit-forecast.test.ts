import type { LimitPoint } from '@signalbox/contract/limit-history'
import { describe, expect, it, test } from 'vitest'
import { tryForecasts } from './forecast-trial.ts'
import { type Forecast, type ForecastWindow, findSeriesPoints, LimitForecaster } from './limit-forecast.ts'
import { habits, rowAt, simulateLimits } from './limit-simulation.fixture.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY
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

/** Minutes before now, percent; of the window of `row`. */
const points = (given: readonly (readonly [number, number])[], fields: Partial<LimitPoint> = {}): LimitPoint[] =>
  given.map(([ago, percentageUsed]) => ({
    at: new Date(now - ago * MINUTE).toISOString(),
    percentageUsed,
    resetsAt: new Date(now + 2 * HOUR).toISOString(),
    ...fields,
  }))

const steady = points([
  [60, 20],
  [40, 30],
  [20, 40],
])

const forecast = (one: ForecastWindow, given: readonly LimitPoint[]) => new LimitForecaster(one.kind).forecast(one, given, now)

function rangeOf(given: Forecast) {
  if (given.kind === 'unknown') throw new Error('There is no forecast')
  return given
}

describe('without a past', () => {
  it('extrapolates the recent pace, and allows for much less and more', () => {
    // 30 % in 59 minutes, 50 % left: another 98 minutes and a bit.
    const { kind, likely, low, high, record } = rangeOf(forecast(row(), steady))
    expect('reachedAt' in likely && (likely.reachedAt - now) / MINUTE).toBeCloseTo((50 * 59) / 30 - 1, 1)
    expect({ kind, low, record }).toEqual({ kind: 'may_be_reached', low: { percent: 50 }, record: undefined })
    expect('reachedAt' in high && high.reachedAt < now + 40 * MINUTE).toBe(true)
    // Instants are whole milliseconds, as the wire has them.
    expect(rangeOf(forecast(row({ resetsAt: now + 2 * HOUR + 7 }), steady)).band.every(({ at }) => Number.isInteger(at))).toBe(true)
  })

  it('is on track where even several times the pace lasts until the reset', () => {
    const slow = points([
      [60, 49],
      [30, 50],
    ])
    expect(forecast(row(), slow)).toMatchObject({ kind: 'on_track', low: { percent: 50 }, high: { percent: expect.any(Number) } })
  })

  it.each([
    ['no history', []],
    [
      'a few minutes',
      points([
        [9, 40],
        [5, 45],
      ]),
    ],
    ['points of another window', points([[50, 10]], { resetsAt: new Date(now - 3 * HOUR).toISOString() })],
  ])('knows nothing from %s', (_, given) => {
    expect(forecast(row(), given)).toEqual({ kind: 'unknown' })
  })

  it('knows nothing of stale, idle and ended windows, and of those without a reset time', () => {
    const { resetsAt: _, ...bare } = row()
    for (const one of [row({ readAt: now - 16 * MINUTE }), row({ state: 'idle' }), row({ state: 'reset' }), bare]) {
      expect(forecast(one, steady)).toEqual({ kind: 'unknown' })
    }
  })

  it('says that a limit is reached, also over 100 %', () => {
    for (const percent of [100, 151]) {
      expect(forecast(row({ percent }), steady)).toMatchObject({ kind: 'limit_reached', low: { reachedAt: now - MINUTE } })
    }
  })

  it('begins anew where the window was set back', () => {
    const setBack = [...points([[100, 90]]), ...points([[50, 2]], { reset: true }), ...points([[20, 2]])]
    expect(forecast(row({ percent: 3 }), setBack)).toMatchObject({ kind: 'on_track', low: { percent: 3 } })
  })
})

describe('with a past', () => {
  const start = Date.parse('2025-01-06T00:00:00Z')
  const trialsOf = (habit: (typeof habits)[number], weeks = 60, seed = 7) =>
    tryForecasts('weekly_all', simulateLimits(habit, { weeks, start, seed }).weekly, { every: 19 * HOUR, windowLength: WEEK })
  const shareRight = (trials: ReturnType<typeof trialsOf>) => trials.filter(({ isRight }) => isRight).length / trials.length
  const meanWidth = (trials: ReturnType<typeof trialsOf>) => trials.reduce((sum, { width }) => sum + width, 0) / trials.length

  // Every habit, and windows of five hours: `npm run bench -- forecast`.
  it.each(habits.slice(1, 3))('is right in 85 to 95 % of cases over 60 weeks of a person who works $name, and narrows', (habit) => {
    const trials = trialsOf(habit)
    expect(trials.length).toBeGreaterThan(200)
    expect(shareRight(trials)).toBeGreaterThanOrEqual(0.85)
    expect(shareRight(trials)).toBeLessThanOrEqual(0.95)
    const [early, late] = [trials.filter(({ share }) => share < 0.3), trials.filter(({ share }) => share > 0.7)]
    expect(meanWidth(late)).toBeLessThan(0.75 * meanWidth(early))
  })

  it('measures on itself how often it was right', () => {
    const { weekly } = simulateLimits(habits[0]!, { weeks: 40, start, seed: 3 })
    const forecaster = new LimitForecaster('weekly_all')
    forecaster.learn(weekly, start + 40 * WEEK)
    const point = { ...weekly.at(-1)!, resetsAt: new Date(start + 41 * WEEK).toISOString() }
    const { record } = rangeOf(forecaster.forecast(rowAt('weekly_all', point), [point], Date.parse(point.at)))
    expect(record!.windows).toBeGreaterThan(35)
    expect(record!.right / record!.cases).toBeGreaterThan(0.8)
    // The same history again teaches nothing.
    forecaster.learn(weekly, start + 40 * WEEK)
    expect(rangeOf(forecaster.forecast(rowAt('weekly_all', point), [point], Date.parse(point.at))).record).toEqual(record)
  })

  it('rarely moves from one value to the next', () => {
    const { weekly } = simulateLimits(habits[0]!, { weeks: 20, start, seed: 5 })
    const forecaster = new LimitForecaster('weekly_all')
    forecaster.learn(weekly, start + 18 * WEEK)
    const values = weekly.filter(({ at }) => Date.parse(at) > start + 18.2 * WEEK && Date.parse(at) < start + 19 * WEEK)
    let [changes, shown] = [0, '']
    for (const [n, point] of values.entries()) {
      const { low, high } = rangeOf(forecaster.forecast(rowAt('weekly_all', point), values.slice(0, n + 1), Date.parse(point.at)))
      const text = JSON.stringify([low, high])
      if (text !== shown) changes++
      shown = text
    }
    // A value for each change, and one an hour.
    expect(values.length).toBeGreaterThan(130)
    expect(changes).toBeLessThan(0.6 * values.length)
  })
})

test('a row matches its series by kind, and model windows by their label', () => {
  const series = (kind: ForecastWindow['kind'], label: string, percent: number) => ({ kind, label, points: points([[1, percent]]) })
  const history = [
    series('session', '5-hour limit', 1),
    series('weekly_scoped', 'Weekly limit · Opus', 2),
    series('weekly_scoped', 'Weekly limit · Sonnet', 3),
  ]
  const percents = (one: ForecastWindow) => findSeriesPoints(one, history).map(({ percentageUsed }) => percentageUsed)
  expect(percents(row({ label: 'Another label' }))).toEqual([1])
  expect(percents(row({ kind: 'weekly_scoped', label: 'weekly limit · sonnet' }))).toEqual([3])
  expect(percents(row({ kind: 'weekly_all' }))).toEqual([])
})
