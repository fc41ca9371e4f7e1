import { isLive } from '../../state/transition.ts'
import { taskKind } from './task-kind.ts'
import { oneLine, projectName } from './words.ts'

export const taskBlocked = taskKind({
  kind: 'task_blocked',
  since: ({ task }) => (task.status === 'blocked' ? task.updated_at : undefined),
  // A task of a session that has ended waits for no one.
  isPast: ({ session_status }) => !isLive(session_status),
  summary: ({ task: { task_name, project_id, error_message } }) =>
    `The task ${oneLine(task_name, 100)} in ${projectName(project_id)} is blocked${error_message === null ? '' : `: ${oneLine(error_message)}`}`,
})
