import { expect, it } from 'vitest'
import { planFrom } from './plan.ts'

const HOUR = 3_600_000
const begun = Date.parse('2026-10-06T03:17:00Z')
const plan = planFrom(begun)

it('whenever it is opened, the session is under way and the week more than half over', () => {
  const { currentSession, weeklyLimits } = plan.at(begun)
  expect(currentSession?.percentageUsed).toBeGreaterThan(25)
  expect(currentSession?.percentageUsed).toBeLessThan(75)
  expect(weeklyLimits?.allModels?.percentageUsed).toBeGreaterThan(30)
  expect(weeklyLimits?.fableOnly?.percentageUsed).toBeLessThanOrEqual(100)
})

it('a window only grows until it resets, and then begins at nothing', () => {
  const resets = Date.parse(plan.at(begun).currentSession?.resetsAt ?? '')
  const used = (at: number) => plan.at(at).currentSession?.percentageUsed ?? -1
  let before = 0
  for (let at = resets - 5 * HOUR + 1; at < resets; at += HOUR / 4) {
    expect(used(at)).toBeGreaterThanOrEqual(before)
    before = used(at)
  }
  expect(used(resets + 60_000)).toBeLessThan(before)
})

it('a month of it is made of readings a hub takes: 0 to 100, idle at night', () => {
  const readings = Array.from({ length: 30 * 24 }, (_, hour) => plan.at(begun - hour * HOUR))
  const windows = readings.flatMap(({ currentSession, weeklyLimits }) => [currentSession, ...Object.values(weeklyLimits ?? {})])
  for (const window of windows) {
    expect(window?.percentageUsed).toBeGreaterThanOrEqual(0)
    expect(window?.percentageUsed).toBeLessThanOrEqual(100)
    expect(window?.idle === true || window?.resetsAt !== undefined).toBe(true)
  }
  expect(windows.some((window) => window?.idle)).toBe(true)
})
