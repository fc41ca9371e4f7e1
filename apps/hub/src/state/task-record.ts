import type { Task, TaskStatus } from '@signalbox/contract/task'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { NewEvent } from '../store/store.ts'
import { metadataOf } from './metadata.ts'

/** A task as it is kept; instants are milliseconds, null is absent. */
export interface TaskRecord {
  readonly task_id: string
  readonly session_id: string
  readonly project_id: string
  readonly github_issue_id: string | null
  readonly task_name: string
  readonly status: TaskStatus
  readonly started_at: number | null
  readonly completed_at: number | null
  readonly error_message: string | null
  /** JSON */
  readonly metadata: string
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

export function taskOf(record: TaskRecord): Task {
  return {
    task_id: record.task_id,
    session_id: record.session_id,
    project_id: record.project_id,
    ...(record.github_issue_id === null ? {} : { github_issue_id: record.github_issue_id }),
    task_name: record.task_name,
    status: record.status,
    ...(record.started_at === null ? {} : { started_at: instantOf(record.started_at) }),
    ...(record.completed_at === null ? {} : { completed_at: instantOf(record.completed_at) }),
    ...(record.error_message === null ? {} : { error_message: record.error_message }),
    metadata: metadataOf(record.metadata),
    created_at: instantOf(record.created_at),
    updated_at: instantOf(record.updated_at),
    revision: record.revision,
  }
}

/** A task in its new status, with the instants and texts that go with it. */
export function moveTask(task: TaskRecord, to: TaskStatus, why: string | undefined, now: number): TaskRecord {
  switch (to) {
    case 'in_progress':
      return { ...task, status: to, started_at: now, completed_at: null, error_message: null }
    case 'completed':
      return { ...task, status: to, completed_at: now, error_message: null }
    case 'failed':
      return { ...task, status: to, completed_at: now, error_message: why ?? null }
    case 'blocked':
      return { ...task, status: to, completed_at: null, error_message: why ?? null }
    case 'pending':
      return { ...task, status: to, started_at: null, completed_at: null, error_message: null }
  }
}

/** What becomes of tasks in progress when their session ends. */
export function tasksOfEnded(tasks: readonly TaskRecord[], now: number): TaskRecord[] {
  return tasks
    .filter(({ status }) => status === 'in_progress')
    .map((task) => ({ ...moveTask(task, 'failed', 'session ended', now), updated_at: now, revision: task.revision + 1 }))
}

/**
 * What is to be done again after a recovery: failed tasks and those in progress, from the given one on in the order they
 * were made.
 * @throws HubError `validation_error` when the session has no such task
 */
export function tasksToRepeat(tasks: readonly TaskRecord[], from: string | undefined, now: number): TaskRecord[] {
  const start = from === undefined ? 0 : tasks.findIndex(({ task_id }) => task_id === from)
  if (start === -1) {
    throw new HubError('validation_error', 'resume_from_task_id is no task of this session', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'GET …/tasks lists the tasks of the session.',
      details: { field: 'resume_from_task_id' },
    })
  }
  return tasks
    .slice(start)
    .filter(({ status }) => status === 'failed' || status === 'in_progress')
    .map((task) => ({ ...moveTask(task, 'pending', undefined, now), updated_at: now, revision: task.revision + 1 }))
}

export function taskEvent(
  event: 'task.created' | 'task.updated' | 'task.status',
  task: TaskRecord,
  { machine_id }: { readonly machine_id: string },
  more: Readonly<Record<string, unknown>> = {},
): NewEvent {
  const { metadata: _, ...brief } = taskOf(task)
  return { event, data: { ...brief, machine_id, ...more } }
}
