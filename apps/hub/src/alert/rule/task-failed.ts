import { failedWithSession } from '../../state/task-record.ts'
import { FAILED_FOR_MS } from '../facts.ts'
import { taskKind } from './task-kind.ts'
import { oneLine, projectName } from './words.ts'

export const taskFailed = taskKind({
  kind: 'task_failed',
  // A task that failed only because its session ended is no failure of its own: no one reported it.
  since: ({ task }) => (task.status === 'failed' && !failedWithSession(task) ? (task.completed_at ?? task.updated_at) : undefined),
  isPast: ({ session_status }, since, now) => session_status === 'archived' || now - since > FAILED_FOR_MS,
  summary: ({ task: { task_name, project_id, error_message } }) =>
    `The task ${oneLine(task_name, 100)} in ${projectName(project_id)} has failed${error_message === null ? '' : `: ${oneLine(error_message)}`}`,
})
