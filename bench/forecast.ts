import fs from 'node:fs'
import type { LimitPoint } from '@signalbox/contract/limit-history'
import { type Trial, tryForecasts } from '@signalbox/usage/forecast-trial'
import { habits, simulateLimits } from '@signalbox/usage/limit-simulation.fixture'
import { recordedLimits } from './recorded-limits.ts'
import type { Row } from './table.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WEEKS = 60
const start = Date.parse('2025-01-06T00:00:00Z')
const kinds = {
  session: { name: '5-hour limit', every: 50 * MINUTE, windowLength: 5 * HOUR },
  weekly_all: { name: 'weekly limit', every: 7 * HOUR, windowLength: 168 * HOUR },
} as const
type Kind = keyof typeof kinds

/** How often the stated range of the forecast is right: in simulated weeks, and in the windows of real transcripts. */
export function forecast(transcripts: string | undefined): Row[] {
  const rows = habits.flatMap((habit, n) => {
    const limits = simulateLimits(habit, { weeks: WEEKS, start, seed: 11 + n })
    return [
      trialRow(`${WEEKS} simulated weeks of a person who works ${habit.name}`, 'weekly_all', limits.weekly),
      trialRow(`${WEEKS} simulated weeks of a person who works ${habit.name}`, 'session', limits.session),
    ]
  })
  if (transcripts === undefined || !fs.existsSync(transcripts)) return rows
  return [...rows, trialRow('windows of real transcripts', 'session', recordedLimits(transcripts))]
}

function trialRow(of: string, kind: Kind, points: readonly LimitPoint[]): Row {
  const { name, every, windowLength } = kinds[kind]
  const trials = tryForecasts(kind, points, { every, windowLength })
  const right = trials.filter(({ isRight }) => isRight).length / trials.length
  const quarter = (from: number) => widthOf(trials.filter(({ share }) => share >= from && share < from + 0.25))
  return {
    what: `${name}, ${of}`,
    measured: `right in ${(100 * right).toFixed(1)} % of ${trials.length}; width ${[0, 0.25, 0.5, 0.75].map(quarter).join(', ')} by quarter`,
    reference: '90 % is stated',
    target: '85–95 %',
    reached: right >= 0.85 && right <= 0.95,
  }
}

/** In percent of the limit; the rest of the time after reaching it counts as another 100. */
function widthOf(trials: readonly Trial[]): string {
  return (100 * (trials.reduce((sum, { width }) => sum + width, 0) / Math.max(1, trials.length))).toFixed(0)
}
