import { countOf } from '@signalbox/contract/plural'
import type { RecoverSession } from '@signalbox/contract/session-recovery'
import { HubError } from '../hub-error.ts'
import type { LoadedSession, Rules } from './change-set.ts'
import { readObserved } from './observed-state.ts'
import { heartbeatTimeoutMs } from './session-heartbeat.ts'
import { readHistory, type SessionHistory, writeHistory } from './session-history.ts'
import { registerMachine } from './session-machine.ts'
import { applyMoves, type SessionChangeSet } from './session-move.ts'
import { isWatchedByObservers, requireSession, type SessionRecord, updatedEvent } from './session-record.ts'
import { requireFreeSlot } from './slot.ts'
import { resetTasks, type TaskRecord, taskEvent } from './task-record.ts'
import { requireSessionMove } from './transition.ts'

/** How often one session may be recovered. */
export const MAX_RECOVERIES = 3

/** Notes the checkpoint that a recovery would start from. */
export function prepareRecovery(state: LoadedSession, now: number, id: string): SessionChangeSet {
  const session = requireSession(state, id)
  if (session.status === 'archived' || session.status === 'completed') {
    throw new HubError('conflict', `A session that is ${session.status} cannot be recovered`, {
      suggestion: 'Create a new session.',
      details: { status: session.status },
    })
  }
  const history = writeHistory({ ...readHistory(session.history), checkpoint_at: now })
  const next = { ...session, history, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next, ['recovery_checkpoint_at'])], result: next }
}

/** Why a session may not be recovered, and what to do instead. */
export interface RecoveryBlock {
  readonly reason: string
  readonly suggestion: string
}

/** What keeps a session from being recovered; undefined when it may be. */
export function recoveryBlockedBy(session: SessionRecord): RecoveryBlock | undefined {
  const { status, history } = session
  const suggestion = 'Create a new session.'
  if (status !== 'stalled' && status !== 'failed') return { reason: `it is ${status}`, suggestion }
  // No client would take it up: it would be active for good, though its process is gone.
  if (isOnlyObserved(session)) {
    const resume = `claude --resume ${session.session_id}`
    return { reason: `it is only observed, and continues with ${resume}`, suggestion: `Run "${resume}" on ${session.machine_id}.` }
  }
  const attempts = readHistory(history).recoveries?.length ?? 0
  return attempts >= MAX_RECOVERIES ? { reason: `it was recovered ${countOf(attempts, 'time')} already`, suggestion } : undefined
}

/** Whether a session was created by an observation, and no client has claimed it or sends heartbeats for it. */
function isOnlyObserved(session: SessionRecord): boolean {
  return isWatchedByObservers(session) && readObserved(session.observed).created === true
}

/**
 * Makes a stalled or failed session active again, with the same id, on the same machine or another one; the tasks it
 * failed at are pending again.
 * @throws HubError `conflict`, `validation_error`
 */
export function recoverSession(state: LoadedSession, body: RecoverSession, now: number, rules: Rules, id: string): SessionChangeSet {
  const session = requireSession(state, id)
  requireSessionMove(session.status, 'active', 'recovery')
  const blocked = recoveryBlockedBy(session)
  if (blocked !== undefined) {
    throw new HubError('conflict', `The session cannot be recovered: ${blocked.reason}`, { suggestion: blocked.suggestion })
  }
  const machineId = body.new_machine_id ?? session.machine_id
  if (body.new_docker_slot !== undefined) {
    requireFreeSlot(state, machineId, body.new_docker_slot, session.session_id, 'new_docker_slot')
  }
  const slot = body.new_docker_slot ?? (machineId === session.machine_id ? session.docker_slot : null)
  const tasks = resetTasks(state.tasks, body.resume_from_task_id, now)
  const { stall: _stall, failure: _failure, ...past } = readHistory(session.history)
  const recoveries = past.recoveries ?? []
  const history: SessionHistory = {
    ...past,
    recoveries: [
      ...recoveries,
      {
        attempt: recoveries.length + 1,
        at: now,
        from_status: session.status,
        from_machine_id: session.machine_id,
        to_machine_id: machineId,
        ...(slot === null ? {} : { docker_slot: slot }),
        ...(body.resume_from_task_id === undefined ? {} : { resume_from_task_id: body.resume_from_task_id }),
        successful: true,
      },
    ],
  }
  const repeatsCurrent = tasks.some(({ task_id }) => task_id === session.current_task_id)
  const draft: SessionRecord = {
    ...session,
    machine_id: machineId,
    docker_slot: slot,
    attempt: session.attempt + 1,
    stalled_at: null,
    activity: null,
    waiting_for: null,
    waiting_since: null,
    current_task_id: repeatsCurrent ? null : session.current_task_id,
    completed_at: null,
    not_seen_since: null,
    last_heartbeat: now,
    due_at: now + heartbeatTimeoutMs(session, rules.stallMs),
    history: writeHistory(history),
    updated_at: now,
    revision: session.revision + 1,
  }
  const { record, events } = applyMoves(draft, session, [{ to: 'active', reason: 'recovered' }], now)
  const { machine, events: machineEvents } = registerMachine(state, machineId, now, rules)
  return {
    session: record,
    tasks,
    ...(machine === undefined ? {} : { machine }),
    machineHeartbeat: true,
    events: [
      ...machineEvents,
      ...events,
      ...tasks.map((task) => taskEvent('task.status', task, record, { from: statusOf(state.tasks, task), reason: 'recovered' })),
    ],
    result: record,
  }
}

function statusOf(tasks: readonly TaskRecord[], { task_id }: TaskRecord): TaskRecord['status'] | undefined {
  return tasks.find((task) => task.task_id === task_id)?.status
}
