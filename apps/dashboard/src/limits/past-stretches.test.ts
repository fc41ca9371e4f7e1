import { expect, test } from 'vitest'
import type { UsageRow } from '../hub/usage.ts'
import { dayStretches, sessionStretches } from './past-stretches.ts'

const HOUR = 3_600_000
const start = Date.parse('2026-10-01T00:00:00Z')
const iso = (hours: number) => new Date(start + hours * HOUR).toISOString()
/** A dollar an hour. */
const hours = Array.from({ length: 100 }, (_, hour) => ({ hour: iso(hour), cost_usd: 1 }) as UsageRow)

test('each 5-hour window that has ended is a stretch with the cost of its hours', () => {
  const points = [
    { at: iso(1), percentageUsed: 10, resetsAt: iso(5) },
    { at: iso(4), percentageUsed: 30, resetsAt: iso(5) },
    { at: iso(6), percentageUsed: 7, resetsAt: iso(10), reset: true as const },
    { at: iso(11), percentageUsed: 1, resetsAt: iso(15), reset: true as const },
  ]
  expect(sessionStretches({ kind: 'session', label: '5-hour limit', points }, hours, start + 12 * HOUR)).toEqual([
    { percent: 30, costUsd: 5 },
    { percent: 7, costUsd: 5 },
  ])
})

test('of a weekly window each day is a stretch, and none goes across a reset', () => {
  const points = [0, 12, 24, 36, 48, 60].map((hour) => ({
    at: iso(hour),
    percentageUsed: hour < 36 ? hour : hour - 36,
    resetsAt: iso(hour < 36 ? 36 : 204),
    ...(hour === 36 ? { reset: true as const } : {}),
  }))
  expect(dayStretches({ kind: 'weekly_all', label: 'Weekly limit', points }, hours, start + 99 * HOUR)).toEqual([
    { percent: 24, costUsd: 24 },
    { percent: 24, costUsd: 24 },
  ])
})
