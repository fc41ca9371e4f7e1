import type { PlanWindow } from '@signalbox/usage/limit-snapshot'
import { expect, test } from 'vitest'
import { ownLine } from './line.ts'

const now = Date.parse('2026-10-06T09:18:00Z')
const session: PlanWindow = { kind: 'session', label: 'Current session', percentUsed: 99.6, resetsAt: now + 9_720_000, state: 'known' }
const week: PlanWindow = { kind: 'weekly_all', label: 'All models', percentUsed: 41.2, resetsAt: now + 4 * 86_400_000, state: 'known' }
const all = { model: 'Saga 1', contextPercent: 8, windows: [session, week] }

test('our line is as long as the terminal allows, and rounds nothing up to the limit', () => {
  expect(ownLine(all, now, 100)).toBe('Saga 1 · context 8% · 5 h 99% (2 hr 42 min) · week 41% (4 days)')
  expect(ownLine(all, now, 50)).toBe('Saga 1 · context 8% · 5 h 99% · week 41%')
  expect(ownLine(all, now, 30)).toBe('Saga 1 · context 8% · 5 h 99%')
  expect(ownLine(all, now, 3)).toBe('Saga 1')
})

test('it says what it knows and nothing else', () => {
  const idle: PlanWindow = { kind: 'session', label: 'Current session', percentUsed: 0, state: 'idle' }
  const lost: PlanWindow = { kind: 'weekly_all', label: 'All models', state: 'unreadable', problem: 'x' }
  expect(ownLine({ windows: [idle, lost] }, now, 100)).toBe('5 h not begun')
  expect(ownLine({ windows: [] }, now, 100)).toBe('')
  expect(ownLine({ model: 'a\u001b[31m\nb', windows: [] }, now, 100)).toBe('a\\u001b[31m b')
})
