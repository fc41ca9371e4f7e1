import type { LiveEvent } from '@signalbox/client'
import { expect, test } from 'vitest'
import { type BoardSession, boardOf, withSessionEvents } from './session-board.ts'

const now = Date.parse('2026-11-09T12:00:00Z')
const at = new Date(now).toISOString()
const base = {
  session_id: 'a',
  project_id: 'engine',
  machine_id: 'atlas',
  status: 'active',
  last_heartbeat: at,
  started_at: at,
  created_at: at,
  updated_at: at,
  revision: 5,
} as const satisfies BoardSession
const board = boardOf([{ ...base, metadata: { large: true } }], [], false, now)

function told(event: LiveEvent['event'], data: Record<string, unknown>): LiveEvent {
  return { event, data }
}

test('an event replaces its session in place, and nothing of the event itself is kept', () => {
  const event = told('session.status', { ...base, revision: 6, status: 'stalled', from: 'active', reason: 'no heartbeat', occurred_at: at })
  const next = withSessionEvents(board, [event], now)
  expect(next.sessions.get('a')).toEqual({ ...base, revision: 6, status: 'stalled' })
  expect(board.sessions.get('a')?.status).toBe('active')
})

test('an event that is older than what is known changes nothing', () => {
  expect(withSessionEvents(board, [told('session.updated', { ...base, revision: 4, activity: 'idle' })], now)).toBe(board)
})

test('a beat that says nothing else leaves the board the object it was; one that says more does not', () => {
  const beat = { ...base, revision: 9, last_heartbeat: new Date(now + 5_000).toISOString() }
  expect(withSessionEvents(board, [told('session.heartbeat', beat)], now)).toBe(board)
  expect(withSessionEvents(board, [told('session.heartbeat', { ...beat, activity: 'idle' })], now).sessions.get('a')?.activity).toBe('idle')
})

test('a session the board did not know comes with its first word; one that ended long ago, is put away or gone does not', () => {
  const beat = told('session.heartbeat', { ...base, session_id: 'b' })
  expect([...withSessionEvents(board, [beat], now).sessions.keys()]).toEqual(['a', 'b'])
  expect(withSessionEvents({ ...board, capped: true }, [beat], now).sessions.size).toBe(1)
  const ended = { ...base, session_id: 'c', status: 'failed', completed_at: new Date(now - 3_700_000).toISOString() }
  expect(withSessionEvents(board, [told('session.updated', ended)], now)).toBe(board)
  for (const status of ['archived', 'gone']) {
    const away = told('session.status', { ...base, revision: 6, status, completed_at: at })
    expect(withSessionEvents(board, [away], now).sessions.size).toBe(0)
  }
})

test('what ended leaves the board an hour later, with the next change', () => {
  const failed = withSessionEvents(board, [told('session.status', { ...base, revision: 6, status: 'failed', completed_at: at })], now)
  const later = withSessionEvents(failed, [told('session.created', { ...base, session_id: 'b' })], now + 3_700_000)
  expect([...later.sessions.keys()]).toEqual(['b'])
})

test('names of tasks are kept from when they begin, change with them, and do not pile up', () => {
  const task = (id: string, task_name: string, status: string) => told('task.status', { task_id: id, session_id: 'a', task_name, status })
  expect(withSessionEvents(board, [task('t', 'Write', 'pending')], now)).toBe(board)
  const begun = withSessionEvents(board, [task('t', 'Write', 'in_progress')], now)
  expect(begun.taskNames.get('t')).toBe('Write')
  expect(
    withSessionEvents(begun, [told('task.updated', { task_id: 't', task_name: 'Test', status: 'blocked' })], now).taskNames.get('t'),
  ).toBe('Test')
  const current = withSessionEvents(begun, [told('session.updated', { ...base, revision: 6, current_task_id: 't' })], now)
  const many = withSessionEvents(
    current,
    Array.from({ length: 500 }, (_, nth) => task(`t${nth}`, 'Some', 'in_progress')),
    now,
  )
  expect([...many.taskNames.keys()]).toEqual(['t'])
})
