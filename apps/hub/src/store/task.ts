import type { TaskStatus } from '@signalbox/contract/task'
import type { TaskRecord } from '../state/task-record.ts'
import type { ListRange, Page } from './change.ts'

/** Reads tasks; they are changed through their session. */
export interface TaskStore {
  find(id: string): Promise<TaskRecord | undefined>
  /** The tasks of a session, in the order of their creation. */
  ofSession(id: string): Promise<TaskRecord[]>
  /** Tasks, newest first, ties by id. */
  list(query: TaskQuery): Promise<Page<TaskRecord>>
}

export interface TaskQuery extends ListRange {
  readonly session_id?: string | undefined
  readonly project_id?: string | undefined
  readonly statuses?: readonly TaskStatus[] | undefined
}
