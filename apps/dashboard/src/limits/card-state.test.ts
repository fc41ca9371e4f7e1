import { expect, test } from 'vitest'
import type { CurrentLimitReading, Problem } from '../hub/answer.ts'
import { secondsLeft, staleOf, troubleOf } from './card-state.ts'

const MINUTE = 60_000
const at = '2026-10-06T09:00:00.000Z'
const collector = { machine_id: 'laptop', state: 'ok' as const, connected: true, lastSeenAt: at, consecutiveFailures: 0 }
const reading: CurrentLimitReading = {
  lastUpdated: at,
  currentSession: { percentageUsed: 47 },
  source: 'console',
  isStale: false,
  ageMinutes: 0,
  versionInfo: { current: 1, total: 1, timestamp: at, filename: 'one.json' },
  collector,
}
const broken: Problem = { message: 'No connection', offline: true }
const none: Problem = { message: 'None stored', offline: false, nothing: true }

test.each([
  ['nothing is known yet', { phase: 'calm' as const }, undefined, undefined, 'loading'],
  ['a reading is there', { phase: 'calm' as const }, undefined, reading, undefined],
  ['it is being tried again', { phase: 'retrying' as const }, broken, reading, 'retrying'],
  ['it is being tried again before the first answer', { phase: 'retrying' as const }, broken, undefined, 'retrying'],
  ['all tries are used up', { phase: 'calm' as const }, broken, reading, 'unavailable'],
  ['the hub has none', { phase: 'calm' as const }, none, undefined, 'waiting'],
  ['the line is open', { phase: 'open' as const, trialAt: 9 }, broken, reading, 'resting'],
])('%s', (_, line, problem, known, kind) => {
  expect(troubleOf({ line, problem, reading: known })?.kind).toBe(kind)
})

test('seconds are counted down to the trial and never below', () => {
  expect([secondsLeft(60_000, 0), secondsLeft(60_000, 18_001), secondsLeft(60_000, 59_999), secondsLeft(60_000, 70_000)]).toEqual([
    60, 42, 1, 0,
  ])
})

test('a reading is old after a quarter of an hour', () => {
  expect(staleOf(reading, Date.parse(at) + 15 * MINUTE, true)).toBeUndefined()
  expect(staleOf(reading, Date.parse(at) + 20 * MINUTE, true)).toEqual({ age: 20 * MINUTE, reason: 'nothing_new' })
})

test.each([
  ['needs_login', { ...collector, state: 'needs_login' as const, connected: false }],
  ['offline', { ...collector, connected: false }],
  ['offline', { ...collector, state: 'failing' as const, connected: false }],
  ['failing', { ...collector, state: 'failing' as const }],
  ['paused', { ...collector, state: 'paused' as const }],
  ['nothing_new', collector],
])('why it is old: %s', (reason, said) => {
  expect(staleOf({ ...reading, collector: said }, Date.parse(at) + 20 * MINUTE, true)?.reason).toBe(reason)
})

test('why it is old is not said from memory, nor where no collector was heard', () => {
  expect(staleOf(reading, Date.parse(at) + 20 * MINUTE, false)?.reason).toBeUndefined()
  const { collector: _, ...unheard } = reading
  expect(staleOf(unheard, Date.parse(at) + 20 * MINUTE, true)?.reason).toBe('never_heard')
})
