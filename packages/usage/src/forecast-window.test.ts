import type { LimitWindow } from '@signalbox/contract/limit-snapshot'
import { expect, it } from 'vitest'
import { forecastWindows } from './forecast-window.ts'

const NOW = Date.parse('2026-10-06T09:12:00.000Z')
const HOUR = 3_600_000
/** A window that resets at an instant, or an idle one. */
const someWindow = (percentageUsed: number, resetsAt?: number, more: Partial<LimitWindow> = {}): LimitWindow => ({
  percentageUsed,
  ...(resetsAt === undefined ? { idle: true } : { resetsIn: '2 hr 5 min', resetsAt: new Date(resetsAt).toISOString() }),
  ...more,
})
const lastUpdated = new Date(NOW).toISOString()

it('has the windows of a plan, each with the time of its value', () => {
  const asOf = new Date(NOW - HOUR).toISOString()
  const weeklyLimits = {
    allModels: someWindow(31, NOW + 70 * HOUR, { asOf }),
    fableOnly: someWindow(130, NOW + 70 * HOUR, { label: 'Fable only' }),
  }
  expect(forecastWindows({ lastUpdated, currentSession: someWindow(0), weeklyLimits }, NOW)).toEqual([
    { kind: 'session', label: '5-hour limit', state: 'idle', percent: 0, readAt: NOW },
    { kind: 'weekly_all', label: 'Weekly limit', state: 'known', percent: 31, resetsAt: NOW + 70 * HOUR, readAt: NOW - HOUR },
    { kind: 'weekly_scoped', label: 'Weekly limit · Fable', state: 'known', percent: 130, resetsAt: NOW + 70 * HOUR, readAt: NOW },
  ])
})

it.each([
  ['with a reset', NOW + HOUR, NOW + HOUR],
  ['without a known one, after its length', undefined, NOW + 5 * HOUR],
])('a window %s ends', (_, resetsAt, end) => {
  const currentSession = {
    percentageUsed: 50,
    resetsIn: 'soon',
    ...(resetsAt === undefined ? {} : { resetsAt: new Date(resetsAt).toISOString() }),
  }
  const states = [end - 1, end].map((now) => forecastWindows({ lastUpdated, currentSession }, now)[0]!.state)
  expect(states).toEqual(['known', 'reset'])
})

it('has none where there are none', () => {
  expect(forecastWindows({ lastUpdated }, NOW)).toEqual([])
})
