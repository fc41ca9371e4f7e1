import { expect, test } from 'vitest'
import { mergedReading, ofOnePlan } from './limit-merge.ts'
import type { LimitSnapshot, PlanWindow } from './limit-snapshot.ts'

const noon = Date.parse('2026-10-06T12:00:00.000Z')
const at = (minute: number) => new Date(noon + minute * 60_000).toISOString()
const window = (kind: PlanWindow['kind'], percentUsed: number, more: Partial<PlanWindow> = {}): PlanWindow => ({
  kind,
  label: kind === 'session' ? 'Current session' : 'All models',
  percentUsed,
  resetsAt: noon + 7_200_000,
  state: 'known',
  ...more,
})
const opus = (percentUsed: number) => window('weekly_scoped', percentUsed, { scope: 'Opus', label: 'Opus only' })
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

test('each window comes from the reading that wins it, and says when that was where it is not the newest', () => {
  const page = snapshot(-30, 'console', [opus(12), window('session', 40), window('weekly_all', 31)], {
    plan: { name: 'Max' },
    account: 'a',
  })
  const line = snapshot(-2, 'statusline', [window('session', 47)])
  expect(mergedReading([page, line])?.reading).toEqual({
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

test('a reading that says nothing that counts makes nothing fresher', () => {
  const page = snapshot(-5, 'console', [window('session', 60)])
  const told = snapshot(-1, 'statusline', [window('session', 55)])
  expect(mergedReading([told, page])?.reading).toMatchObject({
    lastUpdated: at(-5),
    source: 'console',
    currentSession: { percentageUsed: 60 },
  })
})

test('what the whole reading could not read stays said', () => {
  const page = snapshot(
    -20,
    'console',
    [window('session', 60), { kind: 'weekly_all', label: 'All models', state: 'unreadable', problem: 'no number' }],
    {
      isPartial: true,
      errors: { planInfo: 'gone' },
    },
  )
  expect(mergedReading([page, snapshot(0, 'statusline', [window('session', 61)])])?.reading).toMatchObject({
    lastUpdated: at(0),
    isPartial: true,
    extractionErrors: { allModels: 'no number', planInfo: 'gone' },
  })
})

test('of nothing there is nothing', () => {
  expect(mergedReading([])).toBeUndefined()
})

test('readings that name no account are of the only one there is; of several, that of the newest reading is meant', () => {
  const a = snapshot(-9, 'console', [], { account: 'a' })
  const b = snapshot(-3, 'claude-json', [], { account: 'b' })
  const unnamed = snapshot(-1, 'statusline', [])
  expect(ofOnePlan([a, unnamed])).toEqual([a, unnamed])
  expect(ofOnePlan([a, b])).toEqual([b])
  expect(ofOnePlan([a, b, unnamed])).toEqual([unnamed])
  expect(ofOnePlan([])).toEqual([])
})
