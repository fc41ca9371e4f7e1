import type { SessionStatus } from '@signalbox/contract/session'
import { instantOf } from '../clock.ts'
import type { NewEvent } from '../event/new-event.ts'
import type { ChangeSet } from './change-set.ts'
import { readHistory, type SessionHistory, type Transition, withTransition, writeHistory } from './session-history.ts'
import { type SessionRecord, sessionEvent } from './session-record.ts'
import { failTasksInProgress, type TaskRecord, taskEvent } from './task-record.ts'

export type SessionChangeSet = ChangeSet<SessionRecord>

export interface Move {
  readonly to: SessionStatus
  readonly reason?: string
}

/** Applies each change of status: to the history of the session, and as an event. */
export function applyMoves(
  draft: SessionRecord,
  from: SessionRecord,
  moves: readonly Move[],
  at: number,
): { record: SessionRecord; events: NewEvent[] } {
  if (moves.length === 0) return { record: draft, events: [] }
  let history = readHistory(draft.history)
  let status = from.status
  const transitions: Transition[] = []
  for (const { to, reason } of moves) {
    const transition: Transition = { at, from: status, to, ...(reason === undefined ? {} : { reason }) }
    history = withTransition(history, transition)
    transitions.push(transition)
    status = to
  }
  const record = { ...draft, status, history: writeHistory(history) }
  return { record, events: transitions.map((transition) => statusEvent(record, transition)) }
}

function statusEvent(record: SessionRecord, { at, from, to, reason }: Transition): NewEvent {
  return sessionEvent(
    'session.status',
    { ...record, status: to },
    { from, ...(reason === undefined ? {} : { reason }), occurred_at: instantOf(at) },
  )
}

/** Completes or fails a session: its slot is free, and its tasks in progress have failed. @param now when it ended */
export function endSession(
  draft: SessionRecord,
  tasks: readonly TaskRecord[],
  { to, reason, details }: { to: 'completed' | 'failed'; reason?: string; details?: string },
  from: SessionRecord,
  now: number,
): SessionChangeSet {
  const ended = failTasksInProgress(tasks, now)
  const { stall: _, ...past } = readHistory(draft.history)
  const current = draft.current_task_id
  const history: SessionHistory = {
    ...past,
    ...(draft.docker_slot === null ? {} : { last_slot: draft.docker_slot }),
    ...(to === 'failed'
      ? {
          failure: {
            reason: reason ?? 'unknown',
            ...(details === undefined ? {} : { details }),
            at: now,
            ...(current === null ? {} : { current_task_id: current }),
            stuck_tasks: ended.length,
          },
          recoveries: markLastUnsuccessful(past.recoveries),
        }
      : {}),
  }
  const { record, events } = applyMoves(
    {
      ...draft,
      docker_slot: null,
      activity: null,
      waiting_for: null,
      waiting_since: null,
      current_task_id: ended.some(({ task_id }) => task_id === current) ? null : current,
      due_at: null,
      stalled_at: null,
      completed_at: now,
      not_seen_since: null,
      history: writeHistory(history),
      updated_at: now,
      revision: from.revision + 1,
    },
    from,
    [{ to, ...(reason === undefined ? {} : { reason }) }],
    now,
  )
  return {
    session: record,
    tasks: ended,
    events: [...events, ...ended.map((task) => taskEvent('task.status', task, record, { from: 'in_progress', reason: 'session ended' }))],
    result: record,
  }
}

export function stallSession(session: SessionRecord, reason: string, at: number): SessionChangeSet {
  const before = session.status === 'paused' ? 'paused' : 'active'
  const past = readHistory(session.history)
  const history = writeHistory({ ...past, stall: { before, at, reason }, recoveries: markLastUnsuccessful(past.recoveries) })
  const { record, events } = applyMoves(
    { ...session, due_at: null, stalled_at: at, history, updated_at: Math.max(at, session.updated_at), revision: session.revision + 1 },
    session,
    [{ to: 'stalled', reason }],
    at,
  )
  return { session: record, events, result: record }
}

/** The session has failed or stalled again, so its last recovery was no success. */
function markLastUnsuccessful(recoveries: SessionHistory['recoveries']): NonNullable<SessionHistory['recoveries']> {
  return (recoveries ?? []).map((recovery, index, all) => (index === all.length - 1 ? { ...recovery, successful: false } : recovery))
}
