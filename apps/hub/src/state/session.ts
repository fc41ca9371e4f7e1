import type { CreateSession, UpdateSession } from '@signalbox/contract/session'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { ChangeSet, LoadedSession, Rules } from './change-set.ts'
import { emptyMetadata, mergeMetadata } from './metadata.ts'
import { readObserved, writeObserved } from './observed-state.ts'
import { resolveActivity } from './session-activity.ts'
import { attemptSuperseded, requireAttempt } from './session-attempt.ts'
import { heartbeatTimeoutMs } from './session-heartbeat.ts'
import { noHistory, readHistory, type SessionHistory, writeHistory } from './session-history.ts'
import { registerMachine } from './session-machine.ts'
import { applyMoves, endSession, type SessionChangeSet } from './session-move.ts'
import {
  changedColumns,
  requireLive,
  requireRevision,
  requireSession,
  type SessionRecord,
  sessionEvent,
  updatedEvent,
} from './session-record.ts'
import { requireFreeSlot } from './slot.ts'
import { isLive, requireSessionMove } from './transition.ts'

/**
 * Creates a session, and registers its machine when it is not known. One that was only observed so far becomes the client's.
 * @param createdBy marks the request, so that the same request, repeated, gets its own session
 * @throws HubError `attempt_superseded` when its session was recovered since, `conflict` when the id or the slot is taken, `validation_error` when the machine has no such slot
 */
export function createSession(
  state: LoadedSession,
  wanted: CreateSession & { readonly session_id: string },
  createdBy: string | undefined,
  now: number,
  rules: Rules,
): SessionChangeSet {
  const existing = state.session
  if (existing !== undefined) {
    if (createdBy !== undefined && readHistory(existing.history).made_by === createdBy) {
      // Its client would take the attempt of its successor for its own.
      if (existing.attempt > 1) throw attemptSuperseded(existing, 1)
      return { events: [], result: existing }
    }
    const adopted = adoptSession(state, existing, wanted, createdBy, now, rules)
    if (adopted === undefined) throw sessionExists(wanted.session_id)
    return adopted
  }
  if (wanted.docker_slot !== undefined) requireFreeSlot(state, wanted.machine_id, wanted.docker_slot, wanted.session_id)
  const history: SessionHistory = createdBy === undefined ? noHistory : { ...noHistory, made_by: createdBy }
  const interval = wanted.heartbeat_interval_ms ?? null
  const session: SessionRecord = {
    session_id: wanted.session_id,
    project_id: wanted.project_id,
    machine_id: wanted.machine_id,
    docker_slot: wanted.docker_slot ?? null,
    attempt: 1,
    status: 'active',
    stalled_at: null,
    stalled_fail_after_ms: wanted.stalled_fail_after_ms ?? null,
    ...resolveActivity(wanted, undefined, now),
    heartbeat_interval_ms: interval,
    current_task_id: null,
    last_heartbeat: now,
    due_at: now + heartbeatTimeoutMs({ heartbeat_interval_ms: interval }, rules.stallMs),
    started_at: now,
    completed_at: null,
    not_seen_since: null,
    process_seen_at: null,
    claude_code: null,
    observed: null,
    metadata: mergeMetadata(emptyMetadata, wanted.metadata),
    history: writeHistory(history),
    created_at: now,
    updated_at: now,
    revision: 1,
  }
  const { machine, events } = registerMachine(state, wanted.machine_id, now, rules)
  return {
    session,
    ...(machine === undefined ? {} : { machine }),
    machineHeartbeat: true,
    events: [...events, sessionEvent('session.created', session)],
    result: session,
  }
}

/**
 * A session that was observed before its client has created it becomes the client's.
 * @returns undefined when it is not, or has ended
 */
function adoptSession(
  state: LoadedSession,
  session: SessionRecord,
  wanted: CreateSession,
  createdBy: string | undefined,
  now: number,
  rules: Rules,
): SessionChangeSet | undefined {
  const { created, ...observed } = readObserved(session.observed)
  if (created !== true || !isLive(session.status)) return undefined
  if (wanted.docker_slot !== undefined) requireFreeSlot(state, wanted.machine_id, wanted.docker_slot, session.session_id)
  const interval = wanted.heartbeat_interval_ms ?? null
  const next: SessionRecord = {
    ...session,
    project_id: wanted.project_id,
    machine_id: wanted.machine_id,
    docker_slot: wanted.docker_slot ?? null,
    ...(wanted.activity === undefined ? {} : resolveActivity(wanted, session, now)),
    heartbeat_interval_ms: interval,
    stalled_fail_after_ms: wanted.stalled_fail_after_ms ?? null,
    last_heartbeat: now,
    due_at: now + heartbeatTimeoutMs({ heartbeat_interval_ms: interval }, rules.stallMs),
    not_seen_since: null,
    metadata: mergeMetadata(session.metadata, wanted.metadata),
    observed: writeObserved(observed),
    ...(createdBy === undefined ? {} : { history: writeHistory({ ...readHistory(session.history), made_by: createdBy }) }),
    updated_at: now,
    revision: session.revision + 1,
  }
  const { machine, events } = registerMachine(state, wanted.machine_id, now, rules)
  return {
    session: next,
    ...(machine === undefined ? {} : { machine }),
    machineHeartbeat: true,
    events: [...events, ...(changedColumns(session, next).length === 0 ? [] : [updatedEvent(session, next)])],
    result: next,
  }
}

export function sessionExists(id: string): HubError {
  return new HubError('conflict', `The session ${id} exists already`, {
    suggestion: 'Go on with that one, or choose another session_id.',
    details: { session_id: id },
  })
}

/** @throws HubError `not_found`, `attempt_superseded`, `precondition_failed`, `conflict`, `validation_error` */
export function updateSession(
  state: LoadedSession,
  body: UpdateSession,
  revision: number | undefined,
  now: number,
  rules: Rules,
  id: string,
): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, body.attempt)
  requireRevision(session, revision)
  const to = body.status ?? session.status
  if (to !== session.status) requireSessionMove(session.status, to, 'change')
  if (isLive(session.status) ? !isLive(to) && needsLive(body) : needsLive(body)) {
    requireLive({ ...session, status: isLive(session.status) ? to : session.status }, 'have a slot, a current task or an activity')
  }
  const interval = body.heartbeat_interval_ms === undefined ? session.heartbeat_interval_ms : body.heartbeat_interval_ms
  if (body.docker_slot != null) requireFreeSlot(state, session.machine_id, body.docker_slot, session.session_id)
  const draft: SessionRecord = {
    ...session,
    docker_slot: body.docker_slot === undefined ? session.docker_slot : body.docker_slot,
    ...resolveActivity(body, session, now),
    current_task_id: body.current_task_id === undefined ? session.current_task_id : body.current_task_id,
    heartbeat_interval_ms: interval,
    stalled_fail_after_ms: body.stalled_fail_after_ms === undefined ? session.stalled_fail_after_ms : body.stalled_fail_after_ms,
    due_at:
      session.due_at === null || interval === session.heartbeat_interval_ms
        ? session.due_at
        : session.last_heartbeat + heartbeatTimeoutMs({ heartbeat_interval_ms: interval }, rules.stallMs),
    metadata: mergeMetadata(session.metadata, body.metadata),
  }
  const same = (Object.keys(draft) as (keyof SessionRecord)[]).every((name) => draft[name] === session[name])
  if (to === session.status) {
    if (same) return { events: [], result: session }
    const next = { ...draft, updated_at: now, revision: session.revision + 1 }
    return { session: next, events: [updatedEvent(session, next)], result: next }
  }
  if (to === 'completed' || to === 'failed') {
    return endSession(draft, state.tasks, { to, ...(to === 'failed' ? { reason: 'marked failed' } : {}) }, session, now)
  }
  const { record, events } = applyMoves({ ...draft, updated_at: now, revision: session.revision + 1 }, session, [{ to }], now)
  return { session: record, events, result: record }
}

/** DELETE completes a live session; an ended one stays as it is. */
export function deleteSession(
  state: LoadedSession,
  { attempt, revision }: { readonly attempt: number | undefined; readonly revision: number | undefined },
  now: number,
  id: string,
): SessionChangeSet {
  const session = requireSession(state, id)
  requireAttempt(session, attempt)
  requireRevision(session, revision)
  if (!isLive(session.status)) return { events: [], result: session }
  requireSessionMove(session.status, 'completed', 'change')
  return endSession(session, state.tasks, { to: 'completed', reason: 'deleted' }, session, now)
}

/** @throws HubError `conflict` when it has not ended */
export function archiveSession(state: LoadedSession, now: number, id: string): SessionChangeSet {
  const session = requireSession(state, id)
  requireSessionMove(session.status, 'archived', 'archive')
  const { record, events } = applyMoves({ ...session, updated_at: now, revision: session.revision + 1 }, session, [{ to: 'archived' }], now)
  return { session: record, events, result: record }
}

/** Removes the session and its tasks; the result is the number of tasks. @throws HubError `conflict` when it is not archived */
export function purgeSession(state: LoadedSession, now: number, id: string): ChangeSet<number> {
  const session = requireSession(state, id)
  requireSessionMove(session.status, 'gone', 'purge')
  return {
    gone: true,
    events: [sessionEvent('session.status', session, { status: 'gone', from: session.status, occurred_at: instantOf(now) })],
    result: state.tasks.length,
  }
}

/** Removes an ended session, archived or not; the result is the number of its tasks. */
export function removeEnded(state: LoadedSession, now: number, id: string): ChangeSet<number> {
  const session = requireSession(state, id)
  if (session.status === 'archived') return purgeSession(state, now, id)
  requireSessionMove(session.status, 'archived', 'archive')
  return purgeSession({ ...state, session: { ...session, status: 'archived' } }, now, id)
}

/** Whether a change sets what only a live session has. */
function needsLive({ docker_slot, current_task_id, activity }: UpdateSession): boolean {
  return docker_slot != null || current_task_id != null || activity != null
}
