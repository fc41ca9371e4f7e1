import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { expect, test } from 'vitest'
import { findWaits, sumWaits } from './waiting-time.ts'

const second = (at: number) => `2026-11-09T12:00:${String(at).padStart(2, '0')}.000Z`
const now = Date.parse(second(50))
const activity = (at: number, to: string, reason?: string): TimelineRow => ({
  at: second(at),
  type: 'session.activity',
  to,
  source: 'process-file',
  ...(reason === undefined ? {} : { reason }),
})
const sum = (rows: readonly TimelineRow[], waiting = false) => sumWaits(findWaits(rows, { now, waiting }))

test('waits are added up by their reason', () => {
  const rows = [
    activity(1, 'waiting', 'permission'),
    activity(4, 'waiting', 'input'),
    activity(9, 'working'),
    activity(20, 'waiting', 'permission'),
    activity(21, 'idle'),
    activity(30, 'waiting'),
    activity(32, 'working'),
  ]
  expect(sum(rows)).toEqual({ permission: 4_000, input: 5_000, other: 2_000 })
})

test('a wait ends with the session, and what happens beside it does not end it', () => {
  const beside: TimelineRow = { at: second(5), type: 'observed.subagent-ended', source: 'hook', name: 'Explore' }
  const failed: TimelineRow = { at: second(8), type: 'session.status', from: 'active', to: 'failed' }
  expect(sum([activity(1, 'waiting', 'input'), beside, failed, activity(40, 'working')]).input).toBe(7_000)
})

test('an open wait lasts until now only while the session waits; otherwise its length is not known', () => {
  const rows = [activity(10, 'waiting', 'permission')]
  expect(sum(rows, true).permission).toBe(40_000)
  expect(sum(rows).permission).toBe(0)
  expect(sum([])).toEqual({ permission: 0, input: 0, other: 0 })
})

test('a row that is dated before the one before it, by another clock, makes no negative wait', () => {
  expect(sum([activity(10, 'waiting', 'permission'), activity(8, 'working')]).permission).toBe(0)
})
