import type { SessionChange } from '@signalbox/contract/event'
import type { Activity, Session, SessionStatus, WaitingFor } from '@signalbox/contract/session'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { NewEvent } from '../store/store.ts'
import type { Held } from './held.ts'
import { metadataOf } from './metadata.ts'
import { isLive } from './transition.ts'

/** A session as it is kept; instants are milliseconds, null is absent. */
export interface SessionRecord {
  readonly session_id: string
  readonly project_id: string
  readonly machine_id: string
  /** Held: no other session has it. */
  readonly docker_slot: number | null
  readonly status: SessionStatus
  readonly activity: Activity | null
  readonly waiting_for: WaitingFor | null
  readonly waiting_since: number | null
  readonly heartbeat_interval_ms: number | null
  readonly current_task_id: string | null
  readonly last_heartbeat: number
  /** The moment from which it is overdue; null when nobody listens for it. */
  readonly due_at: number | null
  readonly started_at: number
  readonly completed_at: number | null
  /** JSON */
  readonly metadata: string
  /** JSON; see session-history.ts */
  readonly history: string
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

export function sessionOf(record: SessionRecord): Session {
  return { ...briefOf(record), metadata: metadataOf(record.metadata), ...datesOf(record) }
}

function briefOf(record: SessionRecord): Omit<Session, 'metadata' | 'created_at' | 'updated_at' | 'revision'> {
  return {
    session_id: record.session_id,
    project_id: record.project_id,
    machine_id: record.machine_id,
    ...(record.docker_slot === null ? {} : { docker_slot: record.docker_slot }),
    status: record.status,
    ...(record.activity === null ? {} : { activity: record.activity }),
    ...(record.waiting_for === null ? {} : { waiting_for: record.waiting_for }),
    ...(record.waiting_since === null ? {} : { waiting_since: instantOf(record.waiting_since) }),
    ...(record.heartbeat_interval_ms === null ? {} : { heartbeat_interval_ms: record.heartbeat_interval_ms }),
    ...(record.current_task_id === null ? {} : { current_task_id: record.current_task_id }),
    last_heartbeat: instantOf(record.last_heartbeat),
    started_at: instantOf(record.started_at),
    ...(record.completed_at === null ? {} : { completed_at: instantOf(record.completed_at) }),
  }
}

function datesOf({ created_at, updated_at, revision }: SessionRecord): Pick<Session, 'created_at' | 'updated_at' | 'revision'> {
  return { created_at: instantOf(created_at), updated_at: instantOf(updated_at), revision }
}

/** Those of `sessionChanges` that are columns here. */
const changeable = [
  'machine_id',
  'docker_slot',
  'activity',
  'waiting_for',
  'waiting_since',
  'heartbeat_interval_ms',
  'current_task_id',
  'metadata',
] as const satisfies readonly (SessionChange & keyof SessionRecord)[]

/** `session.updated`. @param more that has changed and is no column */
export function updatedEvent(before: SessionRecord, after: SessionRecord, more: readonly SessionChange[] = []): NewEvent {
  return sessionEvent('session.updated', after, { changed: [...changeable.filter((name) => before[name] !== after[name]), ...more] })
}

/** An event with everything of the session but its metadata, which may be large and would be kept many times. */
export function sessionEvent(
  event: 'session.created' | 'session.updated' | 'session.status' | 'session.heartbeat',
  record: SessionRecord,
  more: Readonly<Record<string, unknown>> = {},
): NewEvent {
  return { event, data: { ...briefOf(record), ...datesOf(record), ...more } }
}

/** @throws HubError `not_found` */
export function requireSession({ session }: Pick<Held, 'session'>, id?: string): SessionRecord {
  if (session !== undefined) return session
  throw noSession(id)
}

export function noSession(id: string | undefined): HubError {
  return new HubError('not_found', id === undefined ? 'The session is gone' : `There is no session ${id}`, {
    suggestion: 'GET /sessions lists the sessions there are; POST /sessions creates one.',
  })
}

/** @param what it cannot do any more, such as `beat`. @throws HubError `conflict` when the session has ended */
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

/** Milliseconds of silence that this session may keep. */
export function allowanceOf({ heartbeat_interval_ms }: Pick<SessionRecord, 'heartbeat_interval_ms'>, stallMs: number): number {
  return heartbeat_interval_ms === null ? stallMs : 3 * heartbeat_interval_ms
}
