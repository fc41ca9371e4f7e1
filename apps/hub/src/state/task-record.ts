import type { Task, TaskStatus } from '@signalbox/contract/task'
import { instantOf } from '../clock.ts'
import type { NewEvent } from '../event/new-event.ts'
import { HubError } from '../hub-error.ts'
import { parseMetadata } from './metadata.ts'

/** A task as a store keeps it; instants are milliseconds, null is absent. */
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

export function toTask(record: TaskRecord): Task {
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
    metadata: parseMetadata(record.metadata),
    created_at: instantOf(record.created_at),
    updated_at: instantOf(record.updated_at),
    revision: record.revision,
  }
}

/** Puts a task into a new status, with the instants and the text that belong to it. */
export function moveTask(task: TaskRecord, to: TaskStatus, reason: string | undefined, now: number): TaskRecord {
  switch (to) {
    case 'in_progress':
      return { ...task, status: to, started_at: now, completed_at: null, error_message: null }
    case 'completed':
      return { ...task, status: to, completed_at: now, error_message: null }
    case 'failed':
      return { ...task, status: to, completed_at: now, error_message: reason ?? null }
    case 'blocked':
      return { ...task, status: to, completed_at: null, error_message: reason ?? null }
    case 'pending':
      return { ...task, status: to, started_at: null, completed_at: null, error_message: null }
  }
}

const ENDED_WITH_SESSION = 'session ended'

/** Tasks in progress fail when their session ends. */
export function failTasksInProgress(tasks: readonly TaskRecord[], now: number): TaskRecord[] {
  return tasks
    .filter(({ status }) => status === 'in_progress')
    .map((task) => {
      // The session may have ended before the hub received that the task was started.
      const at = Math.max(now, task.started_at ?? now)
      return { ...moveTask(task, 'failed', ENDED_WITH_SESSION, at), updated_at: Math.max(at, task.updated_at), revision: task.revision + 1 }
    })
}

/** No one said that this task failed: it was in progress when its session ended. */
export function failedWithSession({ status, error_message }: TaskRecord): boolean {
  return status === 'failed' && error_message === ENDED_WITH_SESSION
}

/**
 * Makes failed tasks and tasks in progress pending again for a recovery, from the given one on in the order of their
 * creation.
 * @throws HubError `validation_error` when the session has no such task
 */
export function resetTasks(tasks: readonly TaskRecord[], from: string | undefined, now: number): TaskRecord[] {
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
  const { metadata: _, ...brief } = toTask(task)
  return { event, data: { ...brief, machine_id, ...more } }
}
