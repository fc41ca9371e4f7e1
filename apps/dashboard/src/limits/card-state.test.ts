import { expect, test } from 'vitest'
import type { CurrentLimits, Problem } from '../hub/answer.ts'
import { secondsUntil, toCardProblem, toStaleness } from './card-state.ts'

const MINUTE = 60_000
const at = '2026-10-06T09:00:00.000Z'
const collector = { machine_id: 'laptop', state: 'ok' as const, connected: true, lastSeenAt: at, consecutiveFailures: 0 }
const limits: CurrentLimits = {
  lastUpdated: at,
  currentSession: { percentageUsed: 47 },
  source: 'console',
  isStale: false,
  ageMinutes: 0,
  versionInfo: { current: 1, total: 1, timestamp: at, filename: 'one.json' },
  collector,
}
const connectionLost: Problem = { message: 'No connection', offline: true }
const noSnapshot: Problem = { message: 'None stored', offline: false, notFound: true }

test.each([
  ['loading: no response yet', { phase: 'closed' as const }, undefined, undefined, 'loading'],
  ['no problem: current limits are known', { phase: 'closed' as const }, undefined, limits, undefined],
  ['retrying', { phase: 'retrying' as const }, connectionLost, limits, 'retrying'],
  ['retrying before the first response', { phase: 'retrying' as const }, connectionLost, undefined, 'retrying'],
  ['unavailable: every attempt failed', { phase: 'closed' as const }, connectionLost, limits, 'unavailable'],
  ['waiting: the hub has no snapshot', { phase: 'closed' as const }, noSnapshot, undefined, 'waiting'],
  ['backoff: the circuit is open', { phase: 'open' as const, retryAt: 9 }, connectionLost, limits, 'backoff'],
])('%s', (_, request, problem, current, kind) => {
  expect(toCardProblem({ request, problem, current })?.kind).toBe(kind)
})

test('seconds count down to the next attempt and never below zero', () => {
  expect([secondsUntil(60_000, 0), secondsUntil(60_000, 18_001), secondsUntil(60_000, 59_999), secondsUntil(60_000, 70_000)]).toEqual([
    60, 42, 1, 0,
  ])
})

test('limits are stale after 15 minutes', () => {
  expect(toStaleness(limits, Date.parse(at) + 15 * MINUTE, true)).toBeUndefined()
  expect(toStaleness(limits, Date.parse(at) + 20 * MINUTE, true)).toEqual({ ageMs: 20 * MINUTE, reason: 'nothing_new' })
})

test.each([
  ['needs_login', { ...collector, state: 'needs_login' as const, connected: false }],
  ['offline', { ...collector, connected: false }],
  ['offline', { ...collector, state: 'failing' as const, connected: false }],
  ['failing', { ...collector, state: 'failing' as const }],
  ['clock', { ...collector, state: 'failing' as const, clockSkewMs: 420_000, lastError: { category: 'CLOCK', message: 'x' } }],
  ['nothing_new', { ...collector, clockSkewMs: 240_000 }],
  ['paused', { ...collector, state: 'paused' as const }],
  ['nothing_new', collector],
])('stale reason: %s', (reason, info) => {
  expect(toStaleness({ ...limits, collector: info }, Date.parse(at) + 20 * MINUTE, true)?.reason).toBe(reason)
})

test('saved limits give no reason, and neither does a hub without a collector', () => {
  expect(toStaleness(limits, Date.parse(at) + 20 * MINUTE, false)?.reason).toBeUndefined()
  const { collector: _, ...withoutCollector } = limits
  expect(toStaleness(withoutCollector, Date.parse(at) + 20 * MINUTE, true)?.reason).toBe('never_seen')
})
