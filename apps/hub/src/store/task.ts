import type { SessionStatus } from '@signalbox/contract/session'
import type { TaskStatus } from '@signalbox/contract/task'
import type { TaskRecord } from '../state/task-record.ts'
import type { ListRange, Page } from './change.ts'

/** Reads tasks; they are changed through their session. */
export interface TaskStore {
  find(id: string): Promise<TaskRecord | undefined>
  /** The tasks of a session, in the order of their creation. */
  ofSession(id: string): Promise<TaskRecord[]>
  /**
   * The tasks that are blocked, and those that failed, of the sessions that are live or ended since an instant; in any order.
   * For alerts.
   */
  unresolved(query: { readonly endedSince: number }): Promise<TaskOfSession[]>
  /** Tasks, newest first, ties by id. */
  list(query: TaskQuery): Promise<Page<TaskRecord>>
}

/** A task, and what alerts ask of its session. */
export interface TaskOfSession {
  readonly task: TaskRecord
  readonly machine_id: string
  readonly session_status: SessionStatus
}

export interface TaskQuery extends ListRange {
  readonly session_id?: string | undefined
  readonly project_id?: string | undefined
  readonly statuses?: readonly TaskStatus[] | undefined
}
