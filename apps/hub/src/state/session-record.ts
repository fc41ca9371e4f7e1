import type { ClaudeSession } from '@signalbox/contract/claude-session'
import type { SessionChange } from '@signalbox/contract/event'
import type { Activity, Session, SessionStatus, WaitingFor } from '@signalbox/contract/session'
import { instantOf } from '../clock.ts'
import type { NewEvent } from '../event/new-event.ts'
import { HubError } from '../hub-error.ts'
import { parseMetadata } from './metadata.ts'
import { isLive } from './transition.ts'

/** A session as a store keeps it; instants are milliseconds, null is absent. */
export interface SessionRecord {
  readonly session_id: string
  readonly project_id: string
  readonly machine_id: string
  /** Held: no other session has it. */
  readonly docker_slot: number | null
  /** 1 at first, one more with each recovery; see session-attempt.ts */
  readonly attempt: number
  readonly status: SessionStatus
  /** Set while it is stalled. */
  readonly stalled_at: number | null
  /** After how long it is failed when it is stalled; 0 never, null as the hub's settings say. */
  readonly stalled_fail_after_ms: number | null
  readonly activity: Activity | null
  readonly waiting_for: WaitingFor | null
  readonly waiting_since: number | null
  readonly heartbeat_interval_ms: number | null
  readonly current_task_id: string | null
  readonly last_heartbeat: number
  /** When its heartbeat is overdue; null while it is not monitored. */
  readonly due_at: number | null
  readonly started_at: number
  readonly completed_at: number | null
  /** Set while nothing that observes the session is in contact. */
  readonly not_seen_since: number | null
  /** When a collector last confirmed that the session's process lives; null where none ever did. */
  readonly process_seen_at: number | null
  /** The believed values of a session of Claude Code, as JSON; null for a session that is not observed. */
  readonly claude_code: string | null
  /** What each source has reported, as JSON; see observed-state.ts */
  readonly observed: string | null
  /** JSON */
  readonly metadata: string
  /** JSON; see session-history.ts */
  readonly history: string
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

export function toSession(record: SessionRecord): Session {
  return { ...withoutDates(record), ...claudeOf(record), metadata: parseMetadata(record.metadata), ...datesOf(record) }
}

function withoutDates(record: SessionRecord): Omit<Session, 'metadata' | 'created_at' | 'updated_at' | 'revision'> {
  return {
    session_id: record.session_id,
    project_id: record.project_id,
    machine_id: record.machine_id,
    ...(record.docker_slot === null ? {} : { docker_slot: record.docker_slot }),
    attempt: record.attempt,
    status: record.status,
    ...(record.stalled_at === null ? {} : { stalled_since: instantOf(record.stalled_at) }),
    ...(record.stalled_fail_after_ms === null ? {} : { stalled_fail_after_ms: record.stalled_fail_after_ms }),
    ...(record.activity === null ? {} : { activity: record.activity }),
    ...(record.waiting_for === null ? {} : { waiting_for: record.waiting_for }),
    ...(record.waiting_since === null ? {} : { waiting_since: instantOf(record.waiting_since) }),
    ...(record.heartbeat_interval_ms === null ? {} : { heartbeat_interval_ms: record.heartbeat_interval_ms }),
    ...(record.current_task_id === null ? {} : { current_task_id: record.current_task_id }),
    last_heartbeat: instantOf(record.last_heartbeat),
    started_at: instantOf(record.started_at),
    ...(record.completed_at === null ? {} : { completed_at: instantOf(record.completed_at) }),
    ...(record.not_seen_since === null ? {} : { not_seen_since: instantOf(record.not_seen_since) }),
  }
}

function claudeOf({ claude_code }: SessionRecord): { claude_code?: ClaudeSession } {
  return claude_code === null ? {} : { claude_code: JSON.parse(claude_code) as ClaudeSession }
}

/** Lists that would make an event longer than this, in characters, are left out of it. */
const MAX_CLAUDE_EVENT_CHARS = 1_200

/** As an event carries it: the log stores it many times. */
function claudeOfEvent(record: SessionRecord): { claude_code?: ClaudeSession } {
  const { claude_code } = claudeOf(record)
  if (claude_code === undefined) return {}
  return { claude_code: record.claude_code!.length <= MAX_CLAUDE_EVENT_CHARS ? claude_code : { ...claude_code, subagents: [], tasks: [] } }
}

function datesOf({ created_at, updated_at, revision }: SessionRecord): Pick<Session, 'created_at' | 'updated_at' | 'revision'> {
  return { created_at: instantOf(created_at), updated_at: instantOf(updated_at), revision }
}

/** The `sessionChanges` that are columns of a record. */
const changeableColumns = [
  'project_id',
  'machine_id',
  'docker_slot',
  'activity',
  'waiting_for',
  'waiting_since',
  'heartbeat_interval_ms',
  'stalled_fail_after_ms',
  'current_task_id',
  'metadata',
  'not_seen_since',
] as const satisfies readonly (SessionChange & keyof SessionRecord)[]

export function changedColumns(before: SessionRecord, after: SessionRecord): SessionChange[] {
  return changeableColumns.filter((name) => before[name] !== after[name])
}

/** `session.updated`. @param more changes that are no columns */
export function updatedEvent(before: SessionRecord, after: SessionRecord, more: readonly SessionChange[] = []): NewEvent {
  return sessionEvent('session.updated', after, { changed: [...changedColumns(before, after), ...more] })
}

/** An event with the whole session except its metadata, which may be large and would be stored many times. */
export function sessionEvent(
  event: 'session.created' | 'session.updated' | 'session.status' | 'session.heartbeat',
  record: SessionRecord,
  more: Readonly<Record<string, unknown>> = {},
): NewEvent {
  return { event, data: { ...withoutDates(record), ...claudeOfEvent(record), ...datesOf(record), ...more } }
}

/** The event of a heartbeat, for live streams only: without `claude_code`, which a heartbeat does not change and need not parse. */
export function heartbeatEvent(record: SessionRecord): NewEvent {
  return { event: 'session.heartbeat', data: { ...withoutDates(record), ...datesOf(record) } }
}

/**
 * Whether the session is monitored by what observes it, and not by the heartbeats of a client: such a session is never
 * stalled for want of heartbeats. A client that promises an interval is held to it.
 */
export function isWatchedByObservers({ claude_code, heartbeat_interval_ms }: SessionRecord): boolean {
  return claude_code !== null && heartbeat_interval_ms === null
}

/** @throws HubError `not_found` */
export function requireSession({ session }: { readonly session: SessionRecord | undefined }, id?: string): SessionRecord {
  if (session !== undefined) return session
  throw sessionNotFound(id)
}

export function sessionNotFound(id: string | undefined): HubError {
  return new HubError('not_found', id === undefined ? 'The session does not exist any more' : `There is no session ${id}`, {
    suggestion: 'GET /sessions lists the sessions there are; POST /sessions creates one.',
  })
}

/** @param what an ended session cannot do, such as `have a slot`. @throws HubError `conflict` when the session has ended */
export function requireLive({ status }: SessionRecord, what: string): void {
  if (isLive(status)) return
  throw new HubError('conflict', `A session that is ${status} cannot ${what}`, {
    suggestion: status === 'failed' ? 'Recover it first, or create a new session.' : 'It has ended; create a new session.',
    details: { status },
  })
}

/** @throws HubError `precondition_failed` */
export function requireRevision({ revision }: SessionRecord, wanted: number | undefined): void {
  if (wanted === undefined || wanted === revision) return
  throw new HubError('precondition_failed', `The session is at revision ${revision}, not ${wanted}`, {
    suggestion: 'Read the session again and decide again.',
    details: { revision },
  })
}
