import type { HubEvent, SessionChange } from '@signalbox/contract/event'
import { countOf } from '@signalbox/contract/plural'
import type { FailureInfo } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { RecoverableSession, RecoveryCheckpoint, RecoveryHistory } from '@signalbox/contract/session-recovery'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { ObservedRow } from './change-set.ts'
import { parseMetadata } from './metadata.ts'
import { observedTimeline } from './observed-timeline.ts'
import { readHistory } from './session-history.ts'
import type { SessionRecord } from './session-record.ts'
import { MAX_RECOVERIES, recoveryBlockedBy } from './session-recovery.ts'
import { isLive } from './transition.ts'

/** Milliseconds without a heartbeat after which a session has probably failed. */
const VERY_STALE_MS = 30 * 60_000

/** @param threshold seconds without a heartbeat after which a live session is stale */
export function sessionHealth(record: SessionRecord, threshold: number, now: number): SessionHealth {
  const sinceHeartbeat = Math.max(0, now - record.last_heartbeat)
  const stale = isLive(record.status) && sinceHeartbeat > threshold * 1000
  return {
    session_id: record.session_id,
    project_id: record.project_id,
    machine_id: record.machine_id,
    ...(record.docker_slot === null ? {} : { docker_slot: record.docker_slot }),
    status: record.status,
    last_heartbeat: instantOf(record.last_heartbeat),
    ...(record.current_task_id === null ? {} : { current_task_id: record.current_task_id }),
    is_stale: stale,
    time_since_heartbeat: Math.round(sinceHeartbeat / 100) / 10,
    recommendations: recommendations(record, stale, sinceHeartbeat),
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
    ...(blocked === undefined ? {} : { recovery_blocked_reason: blocked.reason }),
  }
}

/** @throws HubError `conflict` when it neither failed nor stalled */
export function failureInfo(record: SessionRecord, tasksInProgress: number, now: number): FailureInfo {
  const { failure, stall, last_done_task_id } = readHistory(record.history)
  const cause =
    failure ??
    (stall && {
      reason: stall.reason,
      at: stall.at,
      stuck_tasks: tasksInProgress,
      ...(record.current_task_id === null ? {} : { current_task_id: record.current_task_id }),
    })
  if (cause === undefined) {
    throw new HubError('conflict', `The session is ${record.status}: it has neither failed nor stalled`, {
      suggestion: 'GET …/health shows its state.',
      details: { status: record.status },
    })
  }
  // For a failed session the time without a heartbeat ends with the failure; a stalled one still sends none.
  const sinceHeartbeat = Math.max(0, (failure?.at ?? now) - record.last_heartbeat)
  return {
    session_id: record.session_id,
    status: record.status,
    failure_reason: cause.reason,
    ...('details' in cause && cause.details !== undefined ? { error_details: cause.details } : {}),
    failed_at: instantOf(cause.at),
    last_heartbeat: instantOf(record.last_heartbeat),
    ...(last_done_task_id === undefined ? {} : { last_successful_task_id: last_done_task_id }),
    ...(cause.current_task_id === undefined ? {} : { current_task_id: cause.current_task_id }),
    duration_minutes: toMinutes(cause.at - record.started_at),
    analysis: {
      is_very_stale: sinceHeartbeat > VERY_STALE_MS,
      stuck_task_count: cause.stuck_tasks,
      minutes_since_heartbeat: toMinutes(now - record.last_heartbeat),
      recovery_recommendations: recoveryRecommendations(record, cause.stuck_tasks, last_done_task_id),
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
    metadata: parseMetadata(record.metadata),
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

/**
 * Changes of status from the history of the session, what was observed, and other events that the log still has, oldest
 * first. An observed session began before the hub knew of it.
 * @param observed oldest first
 */
export function timeline(
  record: SessionRecord,
  events: readonly HubEvent[],
  observed: readonly ObservedRow[],
  limit: number,
): TimelineRow[] {
  const { transitions } = readHistory(record.history)
  const created: TimelineRow[] = [{ at: instantOf(Math.min(record.created_at, record.started_at)), type: 'session.created' }]
  const moves = transitions.map(({ at, ...move }): TimelineRow => ({ at: instantOf(at), type: 'session.status', ...move }))
  // Both have these events; the session keeps them longer.
  const others = events
    .filter((event) => event.event !== 'session.status' && event.event !== 'session.created' && !isObserved(event))
    .map(rowOf)
  const ends = transitions
    .filter(({ to }) => !isLive(to))
    .map(({ at }) => at)
    .sort((a, b) => a - b)
  return [...created, ...moves, ...observedTimeline(observed, ends), ...others]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(-limit)
}

const observedChanges: readonly unknown[] = ['activity', 'waiting_for', 'waiting_since', 'claude_code'] satisfies SessionChange[]

/** Whether an event only says that there are observations, which have rows of their own. */
function isObserved({ event, data }: HubEvent): boolean {
  if (event !== 'session.updated' || data.claude_code === undefined || !Array.isArray(data.changed)) return false
  return data.changed.every((name) => observedChanges.includes(name))
}

function rowOf({ id, event, at, data }: HubEvent): TimelineRow {
  const text = (name: string, as = name) => (typeof data[name] === 'string' ? { [as]: data[name] } : {})
  return {
    at,
    type: event,
    ...(event === 'task.status' ? { ...text('from'), to: String(data.status) } : {}),
    // The reason of a failed or blocked task; the reason of the change itself takes precedence.
    ...text('error_message', 'reason'),
    ...text('reason'),
    ...text('task_id'),
    ...text('task_name'),
    event_id: id,
  }
}

function recommendations(record: SessionRecord, stale: boolean, sinceHeartbeat: number): string[] {
  const { status, machine_id } = record
  switch (status) {
    case 'completed':
      return []
    case 'archived':
      return []
    case 'failed': {
      const blocked = recoveryBlockedBy(record)
      return blocked === undefined
        ? ['GET …/failure-info shows why it failed; POST …/recover makes it active again.']
        : [`It cannot be recovered: ${blocked.reason}.`, blocked.suggestion]
    }
    case 'stalled':
      return [
        `Check whether its process still runs on ${machine_id}.`,
        recoveryBlockedBy(record) === undefined
          ? 'Its next heartbeat restores its status; otherwise recover it, or mark it failed to free its slot.'
          : 'Its next heartbeat or proof of life restores its status; otherwise mark it failed to free its slot.',
      ]
    default:
      if (record.not_seen_since !== null) {
        return [`Check whether ${machine_id} is on, and whether its collector runs: signalbox doctor says so there.`]
      }
      if (!stale) return record.activity === 'waiting' ? [`It is waiting for ${formatWaitingFor(record)}.`] : []
      return [
        sinceHeartbeat > VERY_STALE_MS
          ? 'It has sent no heartbeat for very long: mark it failed to free its slot.'
          : `Check whether its process still runs on ${machine_id}.`,
      ]
  }
}

function formatWaitingFor({ waiting_for }: SessionRecord): string {
  return waiting_for === 'permission' ? 'permission' : waiting_for === 'input' ? 'input' : 'a person'
}

function recoveryRecommendations(record: SessionRecord, stuck: number, lastDone: string | undefined): string[] {
  const blocked = recoveryBlockedBy(record)
  if (blocked !== undefined) return [`It cannot be recovered: ${blocked.reason}.`, blocked.suggestion]
  const left = MAX_RECOVERIES - (readHistory(record.history).recoveries?.length ?? 0)
  return [
    `POST …/recover makes it active again (${left} of ${MAX_RECOVERIES} left).`,
    ...(stuck > 0 ? [`${countOf(stuck, 'task')} in progress will be pending again.`] : []),
    ...(lastDone === undefined ? [] : [`The task completed last is ${lastDone}.`]),
    'GET /machines/available shows where a slot is free.',
  ]
}

function toMinutes(ms: number): number {
  return Math.round(Math.max(0, ms) / 6000) / 10
}
