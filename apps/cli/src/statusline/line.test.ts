import type { PlanWindow } from '@signalbox/usage/limit-snapshot'
import { expect, test } from 'vitest'
import { formatStatusLine } from './line.ts'

const now = Date.parse('2026-10-06T09:18:00Z')
const session: PlanWindow = { kind: 'session', label: '5-hour limit', percentUsed: 99.6, resetsAt: now + 9_720_000, state: 'known' }
const week: PlanWindow = { kind: 'weekly_all', label: 'Weekly limit', percentUsed: 41.2, resetsAt: now + 4 * 86_400_000, state: 'known' }
const all = { model: 'Saga 1', contextPercent: 8, windows: [session, week] }

test('the line fits the terminal, and never rounds up to the limit', () => {
  expect(formatStatusLine(all, now, 100)).toBe('Saga 1 · context 8% · 5 h 99% (2 hr 42 min) · week 41% (4 days)')
  expect(formatStatusLine(all, now, 50)).toBe('Saga 1 · context 8% · 5 h 99% · week 41%')
  expect(formatStatusLine(all, now, 30)).toBe('Saga 1 · context 8% · 5 h 99%')
  expect(formatStatusLine(all, now, 3)).toBe('Saga 1')
})

test('over 100% is shown as it is', () => {
  const line = formatStatusLine({ contextPercent: 104, windows: [{ ...session, percentUsed: 101 }] }, now, 100)
  expect(line).toBe('context 104% · 5 h 101% (2 hr 42 min)')
})

test('unknown parts are left out', () => {
  const idle: PlanWindow = { kind: 'session', label: 'Current session', percentUsed: 0, state: 'idle' }
  const lost: PlanWindow = { kind: 'weekly_all', label: 'All models', state: 'unreadable', problem: 'x' }
  expect(formatStatusLine({ windows: [idle, lost] }, now, 100)).toBe('5 h not started')
  expect(formatStatusLine({ windows: [] }, now, 100)).toBe('')
  expect(formatStatusLine({ model: 'a\u001b[31m\nb', windows: [] }, now, 100)).toBe('a\\u001b[31m b')
})

test('cost has its pace once the session has run for a while, and the cache the time until it expires', () => {
  const utc = () => 0
  const line = (more: object, columns = 100) => formatStatusLine({ windows: [session], ...more }, now, columns, utc)
  const both = { costUsd: 4.117, durationMs: 3 * 3_600_000, cacheExpiresAt: now + 43 * 60_000 + 20_000 }
  expect(line(both)).toBe('5 h 99% (2 hr 42 min) · $4.12 ($1.37 per hour) · cache 43 min (until 10:01)')
  expect(line(both, 60)).toBe('5 h 99% · $4.12 · cache 43 min')
  expect(line(both, 20)).toBe('5 h 99% · $4.12')
  expect(line({ costUsd: 0, durationMs: 299_999 })).toBe('5 h 99% (2 hr 42 min) · $0.00')
  expect(line({ costUsd: 0.001, durationMs: 300_000 })).toBe('5 h 99% (2 hr 42 min) · <$0.01 ($0.01 per hour)')
  expect(line({ cacheExpiresAt: now })).toBe('5 h 99% (2 hr 42 min) · cache expired')
  expect(line({ cacheExpiresAt: now + 59_000 })).toBe('5 h 99% (2 hr 42 min) · cache less than 1 min (until 09:18)')
  expect(line({ cacheExpiresAt: null })).toBe('5 h 99% (2 hr 42 min)')
})
