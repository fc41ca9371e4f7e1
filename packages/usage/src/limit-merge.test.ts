import { expect, test } from 'vitest'
import { currentLimitsOf, newestAccountOnly } from './limit-merge.ts'
import type { LimitSnapshot, PlanWindow } from './limit-snapshot.ts'

const noon = Date.parse('2026-10-06T12:00:00.000Z')
const at = (minute: number) => new Date(noon + minute * 60_000).toISOString()
const window = (kind: PlanWindow['kind'], percentUsed: number, more: Partial<PlanWindow> = {}): PlanWindow => ({
  kind,
  label: kind === 'session' ? '5-hour limit' : 'Weekly limit',
  percentUsed,
  resetsAt: noon + 7_200_000,
  state: 'known',
  ...more,
})
const opus = (percentUsed: number) => window('weekly_scoped', percentUsed, { scope: 'Opus', label: 'Weekly limit · Opus' })
const snapshot = (
  minute: number,
  source: LimitSnapshot['source'],
  windows: PlanWindow[],
  more: Partial<LimitSnapshot> = {},
): LimitSnapshot => ({
  ...(source === undefined ? {} : { source }),
  machineId: 'laptop',
  capturedAt: noon + minute * 60_000,
  receivedAt: noon + minute * 60_000,
  windows,
  isPartial: false,
  ...more,
})

test('each window comes from its winning snapshot, with asOf when that is not the newest one', () => {
  const page = snapshot(-30, 'console', [opus(12), window('session', 40), window('weekly_all', 31)], {
    plan: { name: 'Max' },
    account: 'a',
  })
  const line = snapshot(-2, 'statusline', [window('session', 47)])
  expect(currentLimitsOf([page, line])?.limits).toEqual({
    lastUpdated: at(-2),
    currentSession: { percentageUsed: 47, resetsAt: at(120) },
    weeklyLimits: {
      allModels: { percentageUsed: 31, resetsAt: at(120), asOf: at(-30) },
      opusOnly: { percentageUsed: 12, resetsAt: at(120), label: 'Opus only', asOf: at(-30) },
    },
    planInfo: { name: 'Max' },
    account: 'a',
    source: 'statusline',
    machine_id: 'laptop',
  })
})

test('a snapshot without a winning window does not make the limits fresher', () => {
  const page = snapshot(-5, 'console', [window('session', 60)])
  const outdated = snapshot(-1, 'statusline', [window('session', 55)])
  expect(currentLimitsOf([outdated, page])?.limits).toMatchObject({
    lastUpdated: at(-5),
    source: 'console',
    currentSession: { percentageUsed: 60 },
  })
})

test('errors of the newest whole snapshot are kept', () => {
  const page = snapshot(
    -20,
    'console',
    [window('session', 60), { kind: 'weekly_all', label: 'Weekly limit', state: 'unreadable', problem: 'no number' }],
    {
      isPartial: true,
      errors: { planInfo: 'gone' },
    },
  )
  expect(currentLimitsOf([page, snapshot(0, 'statusline', [window('session', 61)])])?.limits).toMatchObject({
    lastUpdated: at(0),
    isPartial: true,
    extractionErrors: { allModels: 'no number', planInfo: 'gone' },
  })
})

test('without snapshots there are no limits', () => {
  expect(currentLimitsOf([])).toBeUndefined()
})

test('snapshots without an account belong to the only account; of several accounts the newest is selected', () => {
  const a = snapshot(-9, 'console', [], { account: 'a' })
  const b = snapshot(-3, 'claude-json', [], { account: 'b' })
  const unnamed = snapshot(-1, 'statusline', [])
  expect(newestAccountOnly([a, unnamed])).toEqual([a, unnamed])
  expect(newestAccountOnly([a, b])).toEqual([b])
  expect(newestAccountOnly([a, b, unnamed])).toEqual([unnamed])
  expect(newestAccountOnly([])).toEqual([])
})
