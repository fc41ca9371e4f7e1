import type { SessionStatus } from '@signalbox/contract/session'
import type { SessionRecord } from '../../state/session-record.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import type { Provisional, VersionedDocument } from './core/versioned-document.ts'

/** A session with everything that changes with it, so that a change is one write of one document. */
export interface SessionDocument extends VersionedDocument<ProvisionalClaims> {
  /** Machine and slot of a session that holds one; the session's own id otherwise, which is unique too. */
  slot_key: string
  session: SessionRecord
  /** In the order of their creation. */
  tasks: TaskRecord[]
}

/** Claims of a slot and of ids of tasks, which a concurrent change may contradict. */
export interface ProvisionalClaims extends Provisional {
  /** The key of the claimed slot. */
  readonly slot_key?: string
  /** The ids of the added tasks. */
  readonly tasks: readonly string[]
}

export function slotKey({ session_id, machine_id, docker_slot }: SessionRecord): string {
  return docker_slot === null ? freeKey(session_id) : `held\n${docker_slot}\n${machine_id}`
}

/** The key of a session without a slot. */
export function freeKey(sessionId: string): string {
  return `free\n${sessionId}`
}

export function sessionFilter({
  statuses,
  project_id,
  machine_id,
}: {
  statuses?: readonly SessionStatus[] | undefined
  project_id?: string | undefined
  machine_id?: string | undefined
}): Record<string, unknown> {
  const filter = {
    ...(statuses === undefined ? {} : { 'session.status': statuses.length === 1 ? statuses[0] : { $in: statuses } }),
    ...(project_id === undefined ? {} : { 'session.project_id': project_id }),
    ...(machine_id === undefined ? {} : { 'session.machine_id': machine_id }),
  }
  // A purged session has none of these fields.
  return Object.keys(filter).length === 0 ? { 'session.created_at': { $gte: 0 } } : filter
}
