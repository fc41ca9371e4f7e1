import { expect, it } from 'vitest'
import { statusText } from './status-text.ts'

const now = Date.parse('2026-10-06T09:18:00.000Z')
const limits = {
  lastUpdated: '2026-10-06T09:16:00.000Z',
  currentSession: { percentageUsed: 47, resetsAt: '2026-10-06T12:00:00.000Z' },
  weeklyLimits: { allModels: { percentageUsed: 83, resetsAt: '2026-10-08T05:00:00.000Z' } },
  source: 'console',
  isStale: false,
  ageMinutes: 2,
  versionInfo: { current: 1, total: 1, timestamp: '2026-10-06T09:16:00.000Z', filename: 'x.json' },
}
const live = { status: 'live', url: 'http://hub', limits, waiting: [], now } as const

it('the status bar has both limits, the time to the reset, and how many sessions wait', () => {
  expect(statusText(live).text).toBe('$(pulse) 47% · 83% week · 2 h 42 min')
  const { text, tooltip, isWarning } = statusText({ ...live, waiting: ['fix-login', 'docs'] })
  expect(text).toBe('$(pulse) 47% · 83% week · 2 h 42 min $(comment-unresolved) 2')
  expect(isWarning).toBe(true)
  expect(tooltip.split('\n')).toEqual([
    '5-hour limit: 47% used, resets in 2 h 42 min',
    'Weekly limit: 83% used, resets in 1 d 19 h, Approaching usage limit',
    'Updated 2 min ago',
    '2 sessions wait for you: fix-login, docs',
    'Hub http://hub',
  ])
})

it('without limits it has its name; a window that was reset has no old number', () => {
  expect(statusText({ ...live, limits: undefined }).text).toBe('$(pulse) Signalbox')
  expect(statusText({ ...live, now: Date.parse('2026-10-06T12:30:00.000Z') }).text).toBe('$(pulse) 0% · 83% week')
})

it('a hub that is away is said quietly, with the numbers that were known', () => {
  const { text, tooltip, isWarning } = statusText({ ...live, status: 'offline', waiting: ['fix-login'], lostAt: now - 120_000 })
  expect([text, isWarning]).toEqual(['$(debug-disconnect) 47% · 83% week · 2 h 42 min', false])
  expect(tooltip).toContain('The hub does not respond; it did 2 min ago')
})

it.each([
  ['unconfigured', '$(plug) Signalbox'],
  ['refused', '$(key) Signalbox'],
  ['off', ''],
] as const)('%s', (status, text) => {
  expect(statusText({ ...live, status }).text).toBe(text)
})
