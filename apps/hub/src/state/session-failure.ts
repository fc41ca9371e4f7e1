import type { MarkFailed, MarkStalled, ProcessEnded } from '@signalbox/contract/session-failure'
import type { LoadedSession } from './change-set.ts'
import { requireAttempt } from './session-attempt.ts'
import { endSession, type SessionChangeSet, stallSession } from './session-move.ts'
import { requireSession } from './session-record.ts'
import { isLive, requireSessionMove } from './transition.ts'

/** @throws HubError `attempt_superseded`, `conflict` when it has ended */
export function markFailed(
  state: LoadedSession,
  { attempt, reason, error_details }: MarkFailed,
  now: number,
  id: string,
): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, attempt)
  requireSessionMove(session.status, 'failed', 'change')
  return endSession(
    session,
    state.tasks,
    { to: 'failed', reason, ...(error_details === undefined ? {} : { details: error_details }) },
    session,
    now,
  )
}

/** Fails a session unless it had ended already: the report of a witness may come late. @throws HubError `attempt_superseded` */
export function processEnded(state: LoadedSession, body: ProcessEnded, now: number, id: string): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, body.attempt)
  if (!isLive(session.status)) return { events: [], result: session }
  requireSessionMove(session.status, 'failed', 'change')
  const details = [
    `witness ${body.witness}`,
    ...(body.pid === undefined ? [] : [`pid ${body.pid}`]),
    ...(body.exit_code === undefined ? [] : [`exit code ${body.exit_code}`]),
    ...(body.signal === undefined ? [] : [`signal ${body.signal}`]),
  ].join(', ')
  return endSession(session, state.tasks, { to: 'failed', reason: 'process ended', details }, session, now)
}

/** @throws HubError `attempt_superseded`, `conflict` when it is not active or paused */
export function markStalled(state: LoadedSession, { attempt, reason }: MarkStalled, now: number, id: string): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, attempt)
  requireSessionMove(session.status, 'stalled', 'overdue')
  return stallSession(session, reason, now)
}
