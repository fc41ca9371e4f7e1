import type { LiveEvent } from '@signalbox/client'
import type { Session } from '@signalbox/contract/session'
import { expect, test } from 'vitest'
import { at, createBoardSession, createClaude } from './session.fixture.ts'
import { applySessionEvents, buildBoard, shareBoard } from './session-board.ts'

const now = Date.parse(at)
const base = createBoardSession('a')
const board = buildBoard([createSession({ metadata: { large: true } })], [], false, now)

function createSession({ claude_code, ...fields }: Partial<Session>): Session {
  const { claude_code: _, ...session } = base
  return { ...session, metadata: {}, ...fields, ...(claude_code === undefined ? {} : { claude_code }) }
}

function createEvent(event: LiveEvent['event'], data: Record<string, unknown>): LiveEvent {
  return { event, data }
}

test('an event replaces its session, without the fields of the event itself', () => {
  const event = createEvent('session.status', {
    ...base,
    revision: 6,
    status: 'stalled',
    from: 'active',
    reason: 'no heartbeat',
    occurred_at: at,
  })
  const next = applySessionEvents(board, [event], now)
  expect(next.sessions.get('a')).toEqual({ ...base, revision: 6, status: 'stalled' })
  expect(board.sessions.get('a')?.status).toBe('active')
})

test('an event with an older revision changes nothing', () => {
  expect(applySessionEvents(board, [createEvent('session.updated', { ...base, revision: 4, activity: 'idle' })], now)).toBe(board)
})

test('a heartbeat without other changes keeps the board object; one with changes replaces it', () => {
  const heartbeat = { ...base, revision: 9, last_heartbeat: new Date(now + 5_000).toISOString() }
  expect(applySessionEvents(board, [createEvent('session.heartbeat', heartbeat)], now)).toBe(board)
  expect(
    applySessionEvents(board, [createEvent('session.heartbeat', { ...heartbeat, activity: 'idle' })], now).sessions.get('a')?.activity,
  ).toBe('idle')
})

test('the board keeps no lists of a session, and follows its counters by heartbeats', () => {
  const subagents = [{ agent_id: 'a1' }]
  const full = createClaude({ cost_usd: 1, subagents, subagents_running: 1 })
  const { subagents: _, tasks: __, ...shown } = full
  const observed = buildBoard([createSession({ claude_code: full })], [], false, now)
  expect(observed.sessions.get('a')?.claude_code).toEqual(shown)
  const heartbeat = (claude_code?: object) => [
    createEvent('session.heartbeat', { ...base, revision: 9, ...(claude_code && { claude_code }) }),
  ]
  expect(applySessionEvents(observed, heartbeat(), now)).toBe(observed)
  expect(applySessionEvents(observed, heartbeat({ ...full, subagents: [], sources: [...full.sources] }), now)).toBe(observed)
  const dearer = applySessionEvents(observed, heartbeat({ ...full, cost_usd: 1.5 }), now)
  expect(dearer.sessions.get('a')?.claude_code).toEqual({ ...shown, cost_usd: 1.5 })
  const { cost_usd: ___, ...cheap } = full
  expect(applySessionEvents(observed, heartbeat(cheap), now).sessions.get('a')?.claude_code?.cost_usd).toBeUndefined()
})

test('a board fetched again keeps each session that is the same, and itself where all are', () => {
  const claude_code = createClaude({ cost_usd: 1 })
  const fetchBoard = (activity: 'idle' | 'working') =>
    buildBoard([createSession({ claude_code: { ...claude_code } }), createSession({ session_id: 'b', activity })], [], false, now)
  const known = fetchBoard('idle')
  expect(shareBoard(known, fetchBoard('idle'))).toEqual(known)
  expect(shareBoard(known, fetchBoard('idle')).sessions).toBe(known.sessions)
  const next = shareBoard(known, fetchBoard('working'))
  expect(next.sessions.get('a')).toBe(known.sessions.get('a'))
  expect(next.sessions.get('b')?.activity).toBe('working')
  const without = shareBoard(known, buildBoard([createSession({ claude_code })], [], false, now))
  expect([...without.sessions.keys()]).toEqual(['a'])
})

test('an event says when a session is not seen any more, and when it is again', () => {
  const lost = applySessionEvents(board, [createEvent('session.updated', { ...base, revision: 6, not_seen_since: at })], now)
  expect(lost.sessions.get('a')?.not_seen_since).toBe(at)
  const found = applySessionEvents(lost, [createEvent('session.updated', { ...base, revision: 7 })], now)
  expect(found.sessions.get('a')).not.toHaveProperty('not_seen_since')
})

test('an unknown session is added by its first event; one that ended long ago, was archived or deleted is not', () => {
  const heartbeat = createEvent('session.heartbeat', { ...base, session_id: 'b' })
  expect([...applySessionEvents(board, [heartbeat], now).sessions.keys()]).toEqual(['a', 'b'])
  expect(applySessionEvents({ ...board, capped: true }, [heartbeat], now).sessions.size).toBe(1)
  const ended = { ...base, session_id: 'c', status: 'failed', completed_at: new Date(now - 3_700_000).toISOString() }
  expect(applySessionEvents(board, [createEvent('session.updated', ended)], now)).toBe(board)
  for (const status of ['archived', 'gone']) {
    const away = createEvent('session.status', { ...base, revision: 6, status, completed_at: at })
    expect(applySessionEvents(board, [away], now).sessions.size).toBe(0)
  }
})

test('an ended session leaves the board an hour later, with the next change', () => {
  const failed = applySessionEvents(
    board,
    [createEvent('session.status', { ...base, revision: 6, status: 'failed', completed_at: at })],
    now,
  )
  const later = applySessionEvents(failed, [createEvent('session.created', { ...base, session_id: 'b' })], now + 3_700_000)
  expect([...later.sessions.keys()]).toEqual(['b'])
})

test('task names are kept from the start of a task, follow its changes, and do not accumulate', () => {
  const task = (id: string, task_name: string, status: string) =>
    createEvent('task.status', { task_id: id, session_id: 'a', task_name, status })
  expect(applySessionEvents(board, [task('t', 'Write', 'pending')], now)).toBe(board)
  const started = applySessionEvents(board, [task('t', 'Write', 'in_progress')], now)
  expect(started.taskNames.get('t')).toBe('Write')
  expect(
    applySessionEvents(started, [createEvent('task.updated', { task_id: 't', task_name: 'Test', status: 'blocked' })], now).taskNames.get(
      't',
    ),
  ).toBe('Test')
  const current = applySessionEvents(started, [createEvent('session.updated', { ...base, revision: 6, current_task_id: 't' })], now)
  const many = applySessionEvents(
    current,
    Array.from({ length: 500 }, (_, nth) => task(`t${nth}`, 'Some', 'in_progress')),
    now,
  )
  expect([...many.taskNames.keys()]).toEqual(['t'])
})
