import { expect, test } from 'vitest'
import type { FleetCounts } from '../sessions/fleet-counts.ts'
import { toTodayFacts } from './today-facts.ts'

const now = Date.parse('2026-11-09T12:00:00.000Z')
const none: FleetCounts = { active: 0, machines: 0, waiting: 0, paused: 0, stalled: 0, unseen: 0, failed: 0, completed: 0 }
const given = { fleet: none, calls: 10, tokens: 900, sessions: 3, lastCallAt: now - 3_600_000, now }

test('says that no session is active, unless a call was made just now', () => {
  expect(toTodayFacts(given).sessions).toBe(true)
  expect(toTodayFacts({ ...given, lastCallAt: now - 60_000 }).sessions).toBe(false)
  // A stalled session is worth a word all the same.
  expect(toTodayFacts({ ...given, lastCallAt: now - 60_000, fleet: { ...none, stalled: 1 } }).sessions).toBe(true)
  expect(toTodayFacts({ ...given, fleet: undefined }).sessions).toBe(false)
})

test('never counts usage in fewer sessions than are active, nor sessions without usage', () => {
  expect(toTodayFacts(given).usedIn).toBe(3)
  expect(toTodayFacts({ ...given, fleet: { ...none, active: 4, machines: 1 } }).usedIn).toBeUndefined()
  expect(toTodayFacts({ ...given, calls: 0, tokens: 0 })).toMatchObject({ usedIn: undefined, usage: 'none' })
  expect(toTodayFacts({ ...given, sessions: 0 }).usedIn).toBeUndefined()
})

test('has no usage yet while sessions are active, and what is not itemised is usage', () => {
  expect(toTodayFacts({ ...given, calls: 0, tokens: 0, fleet: { ...none, active: 1, machines: 1 } }).usage).toBe('none_yet')
  expect(toTodayFacts({ ...given, calls: 0, tokens: 5 }).usage).toBe('some')
})
