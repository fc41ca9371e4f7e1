import { expect, test } from 'vitest'
import { clockShare, type LimitRowInput, levelOf, missingOf, rowsOf, type WindowRow, warningOf } from './limit-row.ts'

const at = '2026-10-06T09:00:00.000Z'
const now = Date.parse(at) + 60_000
const HOUR = 3_600_000

const limits = (fields: Partial<LimitRowInput>): LimitRowInput => ({ lastUpdated: at, ...fields })

test('the rows are the 5-hour window, the week, then each model by name, also unknown models', () => {
  const rows = rowsOf(
    limits({
      weeklyLimits: {
        zephyrOnly: { percentageUsed: 1, resetsIn: 'Thu 7:00 AM', label: 'Zephyr 9 only' },
        fableOnly: { percentageUsed: 2, resetsIn: 'Thu 7:00 AM' },
        opus55Only: { percentageUsed: 3, resetsIn: 'Thu 7:00 AM' },
        allModels: { percentageUsed: 4, resetsIn: 'Thu 7:00 AM' },
      },
      currentSession: { percentageUsed: 5, resetsIn: '2 hr 42 min' },
    }),
    now,
  )
  expect(rows.map(({ label, percent }) => [label, percent])).toEqual([
    ['5-hour limit', 5],
    ['Weekly limit', 4],
    ['Weekly limit · Fable', 2],
    ['Weekly limit · Opus 55', 3],
    ['Weekly limit · Zephyr 9', 1],
  ])
})

test.each([
  ['its instant', { resetsAt: '2026-10-06T11:42:00.000Z', resetsIn: '1 min' }, Date.parse('2026-10-06T11:42:00Z')],
  ['hours and minutes', { resetsIn: '2 hr 42 min' }, Date.parse(at) + 2.7 * HOUR],
  ['minutes', { resetsIn: '47 min' }, Date.parse(at) + 47 * 60_000],
  ['days', { resetsIn: 'Resets in 3 d 4 h' }, Date.parse(at) + 76 * HOUR],
  ['a weekday', { resetsIn: 'Thu 7:00 AM' }, undefined],
])('the reset of a window is known from %s', (_, window, resetsAt) => {
  const [row] = rowsOf(limits({ currentSession: { percentageUsed: 47, ...window } }), now)
  expect([row?.state, row?.resetsAt]).toEqual(['known', resetsAt])
  expect(row?.resetsText).toBe(resetsAt === undefined ? 'Thu 7:00 AM' : undefined)
})

test('a window that has ended since its snapshot is reset, to the second', () => {
  const input = limits({ currentSession: { percentageUsed: 47, resetsAt: '2026-10-06T09:30:00.000Z' } })
  const stateAt = (instant: string) => rowsOf(input, Date.parse(instant))[0]?.state
  expect([stateAt('2026-10-06T09:29:59.999Z'), stateAt('2026-10-06T09:30:00.000Z')]).toEqual(['known', 'reset'])
})

test('a window without a known reset ends after its full length', () => {
  const input = limits({
    currentSession: { percentageUsed: 47, resetsIn: 'soon' },
    weeklyLimits: { allModels: { percentageUsed: 31, resetsIn: 'Thu 7:00 AM' } },
  })
  const states = (later: number) => rowsOf(input, Date.parse(at) + later).map(({ state }) => state)
  expect(states(4.9 * HOUR)).toEqual(['known', 'known'])
  expect(states(5 * HOUR)).toEqual(['reset', 'known'])
  expect(states(168 * HOUR)).toEqual(['reset', 'reset'])
})

test('an idle window stays idle, however old', () => {
  const [row] = rowsOf(limits({ currentSession: { percentageUsed: 0, idle: true } }), now + 90 * HOUR)
  expect(row).toMatchObject({ state: 'idle' })
  expect(row?.resetsAt).toBeUndefined()
})

test('a window of an older snapshot has the age of that snapshot, and its duration counts from there', () => {
  const [row] = rowsOf(limits({ currentSession: { percentageUsed: 47, resetsIn: '47 min', asOf: '2026-10-06T08:30:00.000Z' } }), now)
  expect(row).toMatchObject({ older: true, readAt: Date.parse('2026-10-06T08:30:00Z'), resetsAt: Date.parse('2026-10-06T09:17:00Z') })
})

test('unreadable windows are listed, unless another snapshot has them', () => {
  const weeklyLimits = { allModels: { percentageUsed: 31, resetsIn: 'Thu' } }
  expect(
    missingOf(limits({ weeklyLimits, isPartial: true, extractionErrors: { allModels: 'lost its number', sonnetOnly: 'no number' } })),
  ).toEqual([{ label: 'Weekly limit · Sonnet', why: 'no number' }])
  expect(missingOf(limits({ weeklyLimits, isPartial: true }))).toEqual([{ label: 'a part of the page' }])
  expect(missingOf(limits({ weeklyLimits }))).toEqual([])
})

test('the level is calm below 60, amber to 80, red above', () => {
  expect([0, 59.9, 60, 80, 80.1, 100].map(levelOf)).toEqual(['calm', 'calm', 'amber', 'amber', 'red', 'red'])
})

function row(fields: Partial<WindowRow> = {}): WindowRow {
  return {
    key: 'currentSession',
    kind: 'session',
    label: '5-hour limit',
    state: 'known',
    percent: 50,
    resetsAt: now + 2 * HOUR,
    readAt: now - 60_000,
    older: false,
    ...fields,
  }
}

test('the elapsed share runs from the start of a window to its reset', () => {
  expect(clockShare(row({ resetsAt: now + 5 * HOUR }), now)).toBe(0)
  expect(clockShare(row({ resetsAt: now + 2.5 * HOUR }), now)).toBe(0.5)
  expect(clockShare(row({ kind: 'weekly_all', resetsAt: now + 42 * HOUR }), now)).toBe(0.75)
})

test('the elapsed share is unknown for a window that is idle, has ended, is longer than its kind, or has no known reset', () => {
  expect(clockShare(row({ state: 'idle' }), now)).toBeUndefined()
  expect(clockShare(row({ state: 'reset', resetsAt: now - 1 }), now)).toBeUndefined()
  expect(clockShare(row({ resetsAt: now + 6 * HOUR }), now)).toBeUndefined()
  const { resetsAt: _, ...bare } = row()
  expect(clockShare(bare, now)).toBeUndefined()
})

test('a plan without a 5-hour limit has its week first', () => {
  const weeklyLimits = { fableOnly: { percentageUsed: 4 }, allModels: { percentageUsed: 8 } }
  const limits = { lastUpdated: '2026-11-20T09:00:00.000Z', weeklyLimits }
  expect(rowsOf(limits, Date.parse(limits.lastUpdated)).map(({ kind }) => kind)).toEqual(['weekly_all', 'weekly_scoped'])
  expect(missingOf(limits)).toEqual([])
})

test('over 100% is more than the limit itself', () => {
  expect([79, 81, 99.9, 100, 100.4, 250].map((percent) => warningOf(percent))).toEqual([
    undefined,
    'Approaching usage limit',
    'Approaching usage limit',
    'Usage limit reached',
    'Over the limit',
    'Over the limit',
  ])
})
