import type { Task } from '@signalbox/contract/task'
import { compact, shorten } from './format.ts'

/** One task as data, without what is absent and without its metadata. */
export function toTaskData({
  task_id,
  session_id,
  project_id,
  task_name,
  status,
  github_issue_id,
  started_at,
  completed_at,
  error_message,
}: Task) {
  return compact({
    task_id,
    task_name: shorten(task_name, 200),
    status,
    session_id,
    project: project_id,
    github_issue_id,
    started_at,
    completed_at,
    error_message: error_message === undefined ? undefined : shorten(error_message, 300),
  })
}

export function describeTask({ task_id, task_name, status, error_message }: Task): string {
  return `${status}: ${shorten(task_name, 120)}${error_message === undefined ? '' : ` (${shorten(error_message, 200)})`} [${task_id}]`
}
