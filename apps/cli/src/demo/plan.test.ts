import { expect, it } from 'vitest'
import { createPlan } from './plan.ts'

const HOUR_MS = 3_600_000
const startedAt = Date.parse('2026-10-06T03:17:00Z')
const plan = createPlan(startedAt)

it('at its start the five-hour window is partly used, and the week more than half over', () => {
  const { currentSession, weeklyLimits } = plan.at(startedAt)
  expect(currentSession?.percentageUsed).toBeGreaterThan(25)
  expect(currentSession?.percentageUsed).toBeLessThan(75)
  expect(weeklyLimits?.allModels?.percentageUsed).toBeGreaterThan(30)
  expect(weeklyLimits?.fableOnly?.percentageUsed).toBeLessThanOrEqual(100)
})

it('the usage of a window only grows until it resets', () => {
  const resets = Date.parse(plan.at(startedAt).currentSession?.resetsAt ?? '')
  const used = (at: number) => plan.at(at).currentSession?.percentageUsed ?? -1
  let before = 0
  for (let at = resets - 5 * HOUR_MS + 1; at < resets; at += HOUR_MS / 4) {
    expect(used(at)).toBeGreaterThanOrEqual(before)
    before = used(at)
  }
  expect(used(resets + 60_000)).toBeLessThan(before)
})

it('a month of snapshots is valid: 0 to 100 percent, idle at night', () => {
  const snapshots = Array.from({ length: 30 * 24 }, (_, hour) => plan.at(startedAt - hour * HOUR_MS))
  const windows = snapshots.flatMap(({ currentSession, weeklyLimits }) => [currentSession, ...Object.values(weeklyLimits ?? {})])
  for (const window of windows) {
    expect(window?.percentageUsed).toBeGreaterThanOrEqual(0)
    expect(window?.percentageUsed).toBeLessThanOrEqual(100)
    expect(window?.idle === true || window?.resetsAt !== undefined).toBe(true)
  }
  expect(windows.some((window) => window?.idle)).toBe(true)
})
