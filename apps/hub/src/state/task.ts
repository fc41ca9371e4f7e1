import type { CreateTask, SessionTasks, TaskStatus, UpdateTask } from '@signalbox/contract/task'
import { MAX_TASKS_PER_SESSION, taskStatuses } from '@signalbox/contract/task'
import { HubError } from '../hub-error.ts'
import type { ChangeSet, LoadedSession } from './change-set.ts'
import { emptyMetadata, mergeMetadata } from './metadata.ts'
import { requireAttempt } from './session-attempt.ts'
import { readHistory, writeHistory } from './session-history.ts'
import { requireLive, requireSession, type SessionRecord, updatedEvent } from './session-record.ts'
import { failedWithSession, moveTask, type TaskRecord, taskEvent, toTask } from './task-record.ts'
import { requireTaskMove } from './transition.ts'

/**
 * Adds a task to a live session.
 * @param ownId whether the id follows from the request: a repeated request then gets its own task
 * @throws HubError `validation_error`, `attempt_superseded`, `conflict`
 */
export function createTask(
  state: LoadedSession,
  { task_id, attempt, ...wanted }: CreateTask & { readonly task_id: string },
  ownId: boolean,
  now: number,
): ChangeSet<TaskRecord> {
  const { session } = state
  // The session is named in the body, so the body is invalid.
  if (session === undefined) {
    throw new HubError('validation_error', `session_id: there is no session ${wanted.session_id}`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Create the session first: POST /sessions.',
      details: { field: 'session_id' },
    })
  }
  requireAttempt(session, attempt)
  const existing = state.tasks.find((task) => task.task_id === task_id)
  if (existing !== undefined && ownId) return { events: [], result: existing }
  requireLive(session, 'be given a task')
  if (wanted.project_id !== undefined && wanted.project_id !== session.project_id) {
    throw new HubError('validation_error', 'project_id must be that of the session', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: `Leave it out, or send "${session.project_id}".`,
      details: { field: 'project_id' },
    })
  }
  if (existing !== undefined) throw taskExists(task_id)
  if (state.tasks.length >= MAX_TASKS_PER_SESSION) {
    throw new HubError('conflict', `The session has ${MAX_TASKS_PER_SESSION} tasks already`, {
      suggestion: 'Create another session for more tasks.',
    })
  }
  const task: TaskRecord = {
    task_id,
    session_id: session.session_id,
    project_id: session.project_id,
    github_issue_id: wanted.github_issue_id ?? null,
    task_name: wanted.task_name,
    status: 'pending',
    started_at: null,
    completed_at: null,
    error_message: null,
    metadata: mergeMetadata(emptyMetadata, wanted.metadata),
    created_at: now,
    updated_at: now,
    revision: 1,
  }
  return { tasks: [task], events: [taskEvent('task.created', task, session)], result: task }
}

export function taskExists(id: string): HubError {
  return new HubError('conflict', `The task ${id} exists already`, { suggestion: 'Choose another task_id, or leave it out.' })
}

export function taskNotFound(id: string): HubError {
  return new HubError('not_found', `There is no task ${id}`, { suggestion: 'GET /tasks lists the tasks there are.' })
}

/** Changes a task, and with its status the current task of its session. */
export function updateTask(
  state: LoadedSession,
  id: string,
  change: Omit<UpdateTask, 'status'> & { readonly status?: TaskStatus | undefined },
  revision: number | undefined,
  now: number,
): ChangeSet<TaskRecord> {
  const session = requireSession(state)
  requireAttempt(session, change.attempt)
  const task = requireTask(state, id)
  requireTaskRevision(task, revision)
  const to = change.status ?? task.status
  const moves = to !== task.status
  // Who works on a task learns how it went, but a hook may say before that its session has ended.
  const isLateOutcome = to === 'completed' && session.status === 'completed' && failedWithSession(task)
  if (moves && !isLateOutcome) {
    requireLive(session, `have a task become ${to}`)
    requireTaskMove(task.status, to)
  }
  if (moves && to === 'failed' && change.error_message === undefined) {
    throw new HubError('validation_error', 'error_message is missing', {
      apiCode: 'VALIDATION_MISSING_FIELD',
      suggestion: 'Give the reason of the failure in error_message.',
      details: { field: 'error_message' },
    })
  }
  if (change.error_message !== undefined && to !== 'failed' && to !== 'blocked') {
    throw new HubError('validation_error', 'error_message goes with the status failed or blocked', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      details: { field: 'error_message' },
    })
  }
  const draft: TaskRecord = {
    ...(moves ? moveTask(task, to, change.error_message, now) : task),
    ...(moves || change.error_message === undefined ? {} : { error_message: change.error_message }),
    ...(change.task_name === undefined ? {} : { task_name: change.task_name }),
    ...(change.github_issue_id === undefined ? {} : { github_issue_id: change.github_issue_id }),
    metadata: mergeMetadata(task.metadata, change.metadata),
  }
  if (sameTask(draft, task)) return { events: [], result: task }
  const next: TaskRecord = { ...draft, updated_at: now, revision: task.revision + 1 }
  if (!moves) return { tasks: [next], events: [taskEvent('task.updated', next, session)], result: next }
  return { ...sessionAfterMove(session, task, next, now), tasks: [next], result: next }
}

/** The session after a task has moved: the task is the current one while in progress, and the last done one when completed. */
function sessionAfterMove(
  session: SessionRecord,
  from: TaskRecord,
  to: TaskRecord,
  now: number,
): Pick<ChangeSet<unknown>, 'session' | 'events'> {
  const events = [taskEvent('task.status', to, session, { from: from.status })]
  const current = to.status === 'in_progress' ? to.task_id : session.current_task_id === to.task_id ? null : session.current_task_id
  const history =
    to.status === 'completed' ? writeHistory({ ...readHistory(session.history), last_done_task_id: to.task_id }) : session.history
  if (current === session.current_task_id && history === session.history) return { events }
  const after = { ...session, current_task_id: current, history, updated_at: now, revision: session.revision + 1 }
  return { session: after, events: current === session.current_task_id ? events : [...events, updatedEvent(session, after)] }
}

/** @throws HubError `conflict` when it was ever started */
export function removeTask(
  state: LoadedSession,
  id: string,
  { attempt, revision }: { readonly attempt: number | undefined; readonly revision: number | undefined },
): ChangeSet<null> {
  requireAttempt(requireSession(state), attempt)
  const task = requireTask(state, id)
  requireTaskRevision(task, revision)
  if (task.started_at !== null || (task.status !== 'pending' && task.status !== 'blocked')) {
    throw new HubError('conflict', `The task is ${task.status} and was started or has ended; it belongs to the history of the session`, {
      suggestion: 'Only a task that never started can be removed; fail it or complete it instead.',
      details: { status: task.status },
    })
  }
  return { tasksGone: [id], events: [], result: null }
}

/** The tasks of a session by status, in the order of their creation. */
export function sessionTasks(sessionId: string, records: readonly TaskRecord[]): SessionTasks {
  const inStatus = (status: TaskStatus) => records.filter((record) => record.status === status).map(toTask)
  const tasks = Object.fromEntries(taskStatuses.map((status) => [status, inStatus(status)])) as SessionTasks['tasks']
  const total = records.length
  return {
    session_id: sessionId,
    tasks,
    stats: {
      total,
      pending: tasks.pending.length,
      in_progress: tasks.in_progress.length,
      completed: tasks.completed.length,
      failed: tasks.failed.length,
      blocked: tasks.blocked.length,
      completion_percentage: total === 0 ? 0 : Math.round((tasks.completed.length / total) * 1000) / 10,
    },
  }
}

function requireTask({ tasks }: LoadedSession, id: string): TaskRecord {
  const task = tasks.find(({ task_id }) => task_id === id)
  if (task === undefined) throw taskNotFound(id)
  return task
}

function requireTaskRevision(task: TaskRecord, revision: number | undefined): void {
  if (revision === undefined || revision === task.revision) return
  throw new HubError('precondition_failed', `The task is at revision ${task.revision}, not ${revision}`, {
    suggestion: 'Read the task again and decide again.',
    details: { revision: task.revision },
  })
}

function sameTask(a: TaskRecord, b: TaskRecord): boolean {
  return (Object.keys(a) as (keyof TaskRecord)[]).every((name) => a[name] === b[name])
}
