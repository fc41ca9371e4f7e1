import { expect, test } from 'vitest'
import { clockShare, levelOf, missingOf, type RowReading, rowsOf, type WindowRow } from './limit-row.ts'

const at = '2026-10-06T09:00:00.000Z'
const now = Date.parse(at) + 60_000
const HOUR = 3_600_000

const read = (fields: Partial<RowReading>): RowReading => ({ lastUpdated: at, ...fields })

test('the session first, then the week, then each model by name, also those nobody has heard of', () => {
  const rows = rowsOf(
    read({
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
    ['Current session', 5],
    ['All models', 4],
    ['Fable only', 2],
    ['Opus 55 only', 3],
    ['Zephyr 9 only', 1],
  ])
})

test.each([
  ['its instant', { resetsAt: '2026-10-06T11:42:00.000Z', resetsIn: '1 min' }, Date.parse('2026-10-06T11:42:00Z')],
  ['hours and minutes', { resetsIn: '2 hr 42 min' }, Date.parse(at) + 2.7 * HOUR],
  ['minutes', { resetsIn: '47 min' }, Date.parse(at) + 47 * 60_000],
  ['days', { resetsIn: 'Resets in 3 d 4 h' }, Date.parse(at) + 76 * HOUR],
  ['a weekday', { resetsIn: 'Thu 7:00 AM' }, undefined],
])('when a window resets is told by %s', (_, window, resetsAt) => {
  const [row] = rowsOf(read({ currentSession: { percentageUsed: 47, ...window } }), now)
  expect([row?.state, row?.resetsAt]).toEqual(['known', resetsAt])
  expect(row?.resetsText).toBe(resetsAt === undefined ? 'Thu 7:00 AM' : undefined)
})

test('a window whose time has passed since it was read is reset, to the second', () => {
  const reading = read({ currentSession: { percentageUsed: 47, resetsAt: '2026-10-06T09:30:00.000Z' } })
  const stateAt = (instant: string) => rowsOf(reading, Date.parse(instant))[0]?.state
  expect([stateAt('2026-10-06T09:29:59.999Z'), stateAt('2026-10-06T09:30:00.000Z')]).toEqual(['known', 'reset'])
})

test('a window of which nobody knows when it resets has at least an end', () => {
  const reading = read({
    currentSession: { percentageUsed: 47, resetsIn: 'soon' },
    weeklyLimits: { allModels: { percentageUsed: 31, resetsIn: 'Thu 7:00 AM' } },
  })
  const states = (later: number) => rowsOf(reading, Date.parse(at) + later).map(({ state }) => state)
  expect(states(4.9 * HOUR)).toEqual(['known', 'known'])
  expect(states(5 * HOUR)).toEqual(['reset', 'known'])
  expect(states(168 * HOUR)).toEqual(['reset', 'reset'])
})

test('an idle window stays idle, however old', () => {
  const [row] = rowsOf(read({ currentSession: { percentageUsed: 0, idle: true } }), now + 90 * HOUR)
  expect(row).toMatchObject({ state: 'idle' })
  expect(row?.resetsAt).toBeUndefined()
})

test('a window that another reading speaks of has that reading’s age, and its words are counted from there', () => {
  const [row] = rowsOf(read({ currentSession: { percentageUsed: 47, resetsIn: '47 min', asOf: '2026-10-06T08:30:00.000Z' } }), now)
  expect(row).toMatchObject({ older: true, readAt: Date.parse('2026-10-06T08:30:00Z'), resetsAt: Date.parse('2026-10-06T09:17:00Z') })
})

test('what could not be read is named, what another reading filled in is not missing', () => {
  const weeklyLimits = { allModels: { percentageUsed: 31, resetsIn: 'Thu' } }
  expect(
    missingOf(read({ weeklyLimits, isPartial: true, extractionErrors: { allModels: 'lost its number', sonnetOnly: 'no number' } })),
  ).toEqual([{ label: 'Sonnet only', why: 'no number' }])
  expect(missingOf(read({ weeklyLimits, isPartial: true }))).toEqual([{ label: 'a part of the page' }])
  expect(missingOf(read({ weeklyLimits }))).toEqual([])
})

test('calm below 60, amber to 80, red above', () => {
  expect([0, 59.9, 60, 80, 80.1, 100].map(levelOf)).toEqual(['calm', 'calm', 'amber', 'amber', 'red', 'red'])
})

function row(fields: Partial<WindowRow> = {}): WindowRow {
  return {
    key: 'currentSession',
    kind: 'session',
    label: 'Current session',
    state: 'known',
    percent: 50,
    resetsAt: now + 2 * HOUR,
    readAt: now - 60_000,
    older: false,
    ...fields,
  }
}

test('the clock of a window runs from its beginning to its reset', () => {
  expect(clockShare(row({ resetsAt: now + 5 * HOUR }), now)).toBe(0)
  expect(clockShare(row({ resetsAt: now + 2.5 * HOUR }), now)).toBe(0.5)
  expect(clockShare(row({ kind: 'weekly_all', resetsAt: now + 42 * HOUR }), now)).toBe(0.75)
})

test('where it is cannot be told of a window that is idle, over, longer than its kind, or without an instant', () => {
  expect(clockShare(row({ state: 'idle' }), now)).toBeUndefined()
  expect(clockShare(row({ state: 'reset', resetsAt: now - 1 }), now)).toBeUndefined()
  expect(clockShare(row({ resetsAt: now + 6 * HOUR }), now)).toBeUndefined()
  const { resetsAt: _, ...bare } = row()
  expect(clockShare(bare, now)).toBeUndefined()
})
