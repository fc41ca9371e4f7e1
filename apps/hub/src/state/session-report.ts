import type { HubEvent } from '@signalbox/contract/event'
import type { FailureInfo } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { RecoverableSession, RecoveryCheckpoint, RecoveryHistory } from '@signalbox/contract/session-recovery'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import { metadataOf } from './metadata.ts'
import { MAX_RECOVERIES, recoveryBlockedBy } from './session.ts'
import { readHistory } from './session-history.ts'
import type { SessionRecord } from './session-record.ts'
import { isLive } from './transition.ts'

const MINUTE = 60_000
/** Milliseconds of silence after which there is little hope. */
const VERY_STALE = 30 * MINUTE

/** @param threshold seconds without a beat after which a live session is stale */
export function sessionHealth(record: SessionRecord, threshold: number, now: number): SessionHealth {
  const silence = Math.max(0, now - record.last_heartbeat)
  const stale = isLive(record.status) && silence > threshold * 1000
  return {
    session_id: record.session_id,
    project_id: record.project_id,
    machine_id: record.machine_id,
    ...(record.docker_slot === null ? {} : { docker_slot: record.docker_slot }),
    status: record.status,
    last_heartbeat: instantOf(record.last_heartbeat),
    ...(record.current_task_id === null ? {} : { current_task_id: record.current_task_id }),
    is_stale: stale,
    time_since_heartbeat: Math.round(silence / 100) / 10,
    recommendations: recommendations(record, stale, silence),
    started_at: instantOf(record.started_at),
    ...(record.completed_at === null ? {} : { completed_at: instantOf(record.completed_at) }),
  }
}

export function recoverableSession(record: SessionRecord, threshold: number, now: number): RecoverableSession {
  const blocked = recoveryBlockedBy(record)
  return {
    ...sessionHealth(record, threshold, now),
    recovery_attempts: readHistory(record.history).recoveries?.length ?? 0,
    can_recover: blocked === undefined,
    ...(blocked === undefined ? {} : { recovery_blocked_reason: blocked }),
  }
}

/** @throws HubError `conflict` when it neither failed nor stalled */
export function failureInfo(record: SessionRecord, tasksInProgress: number, now: number): FailureInfo {
  const { failure, stall, last_done_task_id } = readHistory(record.history)
  const what =
    failure ??
    (stall && {
      reason: stall.reason,
      at: stall.at,
      stuck_tasks: tasksInProgress,
      ...(record.current_task_id === null ? {} : { current_task_id: record.current_task_id }),
    })
  if (what === undefined) {
    throw new HubError('conflict', `The session is ${record.status}: it has neither failed nor stalled`, {
      suggestion: 'GET …/health tells how it is.',
      details: { status: record.status },
    })
  }
  // Of a failed session what counts is how long it was silent before it failed; a stalled one is silent still.
  const silence = Math.max(0, (failure?.at ?? now) - record.last_heartbeat)
  return {
    session_id: record.session_id,
    status: record.status,
    failure_reason: what.reason,
    ...('details' in what && what.details !== undefined ? { error_details: what.details } : {}),
    failed_at: instantOf(what.at),
    last_heartbeat: instantOf(record.last_heartbeat),
    ...(last_done_task_id === undefined ? {} : { last_successful_task_id: last_done_task_id }),
    ...(what.current_task_id === undefined ? {} : { current_task_id: what.current_task_id }),
    duration_minutes: minutes(what.at - record.started_at),
    analysis: {
      is_very_stale: silence > VERY_STALE,
      stuck_task_count: what.stuck_tasks,
      minutes_since_heartbeat: minutes(now - record.last_heartbeat),
      recovery_recommendations: recoveryRecommendations(record, what.stuck_tasks, last_done_task_id),
    },
  }
}

export function recoveryCheckpoint(record: SessionRecord, now: number): RecoveryCheckpoint {
  const { last_done_task_id, last_slot, recoveries, checkpoint_at } = readHistory(record.history)
  const slot = record.docker_slot ?? last_slot
  return {
    session_id: record.session_id,
    status: record.status,
    ...(last_done_task_id === undefined ? {} : { last_task_id: last_done_task_id }),
    machine_id: record.machine_id,
    ...(slot === undefined ? {} : { docker_slot: slot }),
    recovery_attempts: recoveries?.length ?? 0,
    recovery_checkpoint_at: instantOf(checkpoint_at ?? now),
    metadata: metadataOf(record.metadata),
  }
}

export function recoveryHistory(record: SessionRecord): RecoveryHistory {
  const recoveries = readHistory(record.history).recoveries ?? []
  const successful = recoveries.filter((recovery) => recovery.successful).length
  const last = recoveries.at(-1)
  return {
    session_id: record.session_id,
    total_attempts: recoveries.length,
    successful_attempts: successful,
    failed_attempts: recoveries.length - successful,
    attempts: recoveries.map((recovery) => ({ ...recovery, at: instantOf(recovery.at) })),
    ...(last === undefined ? {} : { last_recovery_at: instantOf(last.at) }),
    current_status: record.status,
  }
}

/** Changes of status as the session keeps them, and what else the event log still knows, oldest first. */
export function timeline(record: SessionRecord, events: readonly HubEvent[], limit: number): TimelineRow[] {
  const { transitions } = readHistory(record.history)
  const born: TimelineRow[] = [{ at: instantOf(record.created_at), type: 'session.created' }]
  const moves = transitions.map(({ at, ...move }): TimelineRow => ({ at: instantOf(at), type: 'session.status', ...move }))
  // Both tell of these; the session keeps them longer.
  const told = events.filter(({ event }) => event !== 'session.status' && event !== 'session.created').map(rowOf)
  return [...born, ...moves, ...told].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-limit)
}

function rowOf({ id, event, at, data }: HubEvent): TimelineRow {
  const text = (name: string, as = name) => (typeof data[name] === 'string' ? { [as]: data[name] } : {})
  return {
    at,
    type: event,
    ...(event === 'task.status' ? { ...text('from'), to: String(data.status) } : {}),
    // Why a task failed or is blocked; a reason of the change itself says more.
    ...text('error_message', 'reason'),
    ...text('reason'),
    ...text('task_id'),
    ...text('task_name'),
    event_id: id,
  }
}

function recommendations(record: SessionRecord, stale: boolean, silence: number): string[] {
  const { status, machine_id } = record
  switch (status) {
    case 'completed':
      return []
    case 'archived':
      return []
    case 'failed':
      return recoveryBlockedBy(record) === undefined
        ? ['GET …/failure-info tells why it failed; POST …/recover makes it active again.']
        : ['It cannot be recovered any more; create a new session.']
    case 'stalled':
      return [
        `Look whether its process still runs on ${machine_id}.`,
        'Its next heartbeat makes it what it was before; otherwise recover it, or mark it failed so that its slot is free.',
      ]
    default:
      if (!stale) return record.activity === 'waiting' ? [`It waits for ${waitsFor(record)}.`] : []
      return [
        silence > VERY_STALE
          ? 'It was silent for very long: mark it failed so that its slot is free.'
          : `Look whether its process still runs on ${machine_id}.`,
      ]
  }
}

function waitsFor({ waiting_for }: SessionRecord): string {
  return waiting_for === 'permission' ? 'a permission' : waiting_for === 'input' ? "a person's answer" : 'a person'
}

function recoveryRecommendations(record: SessionRecord, stuck: number, lastDone: string | undefined): string[] {
  const blocked = recoveryBlockedBy(record)
  if (blocked !== undefined) return [`It cannot be recovered: ${blocked}.`]
  const left = MAX_RECOVERIES - (readHistory(record.history).recoveries?.length ?? 0)
  return [
    `POST …/recover makes it active again (${left} of ${MAX_RECOVERIES} left).`,
    ...(stuck > 0 ? [`${stuck} ${stuck === 1 ? 'task' : 'tasks'} in progress will be pending again.`] : []),
    ...(lastDone === undefined ? [] : [`The last task that was completed is ${lastDone}.`]),
    'GET /machines/available shows where a slot is free.',
  ]
}

function minutes(ms: number): number {
  return Math.round(Math.max(0, ms) / 6000) / 10
}
