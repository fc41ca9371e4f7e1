import type { SessionStatus } from '@signalbox/contract/session'
import type { Heartbeat } from '@signalbox/contract/session-heartbeat'
import type { ChangeSet, LoadedSession, Rules } from './change-set.ts'
import type { Due, Listening } from './listening.ts'
import { mergeMetadata } from './metadata.ts'
import { resolveActivity } from './session-activity.ts'
import { requireAttempt } from './session-attempt.ts'
import { readHistory, writeHistory } from './session-history.ts'
import { applyMoves, type Move, type SessionChangeSet, stallSession } from './session-move.ts'
import { isWatchedByObservers, requireLive, requireSession, type SessionRecord, updatedEvent } from './session-record.ts'
import { heartbeatStatuses, requireSessionMove } from './transition.ts'

/** @throws HubError `not_found`, `attempt_superseded`, `conflict` when it has ended */
export function heartbeatSession(state: LoadedSession, body: Heartbeat, now: number, rules: Rules, id: string): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, body.attempt)
  requireLive(session, 'send a heartbeat')
  const moves: Move[] = []
  let { status, history, stalled_at } = session
  if (status === 'stalled') {
    const past = readHistory(history)
    const before = past.stall?.before ?? 'active'
    requireSessionMove(status, before, 'heartbeat')
    const { stall: _, ...rest } = past
    history = writeHistory(rest)
    moves.push({ to: before, reason: 'heartbeat' })
    status = before
    stalled_at = null
  }
  if (body.status !== undefined && body.status !== status) {
    requireSessionMove(status, body.status, 'change')
    moves.push({ to: body.status })
    status = body.status
  }
  const interval = body.heartbeat_interval_ms === undefined ? session.heartbeat_interval_ms : body.heartbeat_interval_ms
  const alive: SessionRecord = {
    ...session,
    history,
    stalled_at,
    heartbeat_interval_ms: interval,
    last_heartbeat: now,
    due_at: now + heartbeatTimeoutMs({ heartbeat_interval_ms: interval }, rules.stallMs),
    not_seen_since: null,
    revision: session.revision + 1,
  }
  // Nearly all heartbeats change nothing else.
  if (moves.length === 0 && session.not_seen_since === null && isBare(body))
    return { session: alive, machineHeartbeat: true, events: [], result: alive }
  const draft: SessionRecord = {
    ...alive,
    ...resolveActivity(body, session, now),
    current_task_id: body.current_task_id === undefined ? session.current_task_id : body.current_task_id,
    metadata: mergeMetadata(session.metadata, body.metadata),
  }
  const changed =
    draft.activity !== session.activity ||
    draft.waiting_for !== session.waiting_for ||
    draft.metadata !== session.metadata ||
    draft.current_task_id !== session.current_task_id ||
    interval !== session.heartbeat_interval_ms ||
    session.not_seen_since !== null
  if (moves.length === 0 && !changed) return { session: alive, machineHeartbeat: true, events: [], result: alive }
  const { record, events } = applyMoves({ ...draft, updated_at: now }, session, moves, now)
  if (moves.length === 0) events.push(updatedEvent(session, record))
  return { session: record, machineHeartbeat: true, events, result: record }
}

/**
 * Marks an overdue session stalled, dated at the moment it was due; one that is only observed keeps its status and is not
 * seen since its last heartbeat.
 * The result is false, and nothing is written, when another write came first or a heartbeat has arrived.
 */
export function markSessionOverdue({ session }: LoadedSession, listening: Listening, now: number): ChangeSet<boolean> {
  const due = session && listening.overdueAt(session)
  if (session === undefined || due === undefined || due > now || !isMonitored(session.status)) return { events: [], result: false }
  if (isWatchedByObservers(session)) return markNotSeenSince(session, session.last_heartbeat, now)
  return { ...stallSession(session, 'no heartbeat', due), result: true }
}

/** Nothing that observes the session is in contact any more. */
export function markNotSeenSince(session: SessionRecord, since: number, now: number): ChangeSet<boolean> {
  const next: SessionRecord = { ...session, not_seen_since: since, due_at: null, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next)], result: true }
}

/**
 * Moves a last heartbeat that lies in the future, after the clock was set back, to now, and the moment at which it is overdue
 * with the clock.
 * @param step negative
 * @param listening as it was before the step
 */
export function redateFutureHeartbeat({ session }: LoadedSession, listening: Listening, step: number, now: number): ChangeSet<boolean> {
  const due = session && listening.overdueAt(session)
  if (session === undefined || due === undefined || session.last_heartbeat <= now) return { events: [], result: false }
  const next = { ...session, last_heartbeat: now, due_at: due + step, revision: session.revision + 1 }
  return { session: next, events: [], result: true }
}

/** Milliseconds without a heartbeat after which a session is stalled: three of its intervals, where it promised one. */
export function heartbeatTimeoutMs({ heartbeat_interval_ms }: Pick<SessionRecord, 'heartbeat_interval_ms'>, stallMs: number): number {
  return heartbeat_interval_ms === null ? stallMs : 3 * heartbeat_interval_ms
}

/**
 * Whether a session counts among those that stopped together: overdue now or within one heartbeat interval, and without as
 * much of a grace period already.
 */
export function isOverdueTogether(record: Due & Pick<SessionRecord, 'heartbeat_interval_ms'>, listening: Listening, now: number): boolean {
  const { due_at, last_heartbeat, heartbeat_interval_ms } = record
  const overdueAt = listening.overdueAt(record)
  if (due_at === null || overdueAt === undefined) return false
  // One heartbeat interval is the declared one, or a fifth of the stall timeout.
  const interval = heartbeat_interval_ms ?? Math.max(0, due_at - last_heartbeat) / 5
  return overdueAt - interval <= now && overdueAt - due_at < Math.max(1, interval)
}

/** Whether a heartbeat asks for no change of the session. */
function isBare({ activity, waiting_for, current_task_id, metadata, heartbeat_interval_ms }: Heartbeat): boolean {
  return (
    activity === undefined &&
    waiting_for === undefined &&
    current_task_id === undefined &&
    metadata === undefined &&
    heartbeat_interval_ms === undefined
  )
}

function isMonitored(status: SessionStatus): boolean {
  return (heartbeatStatuses as readonly SessionStatus[]).includes(status)
}
