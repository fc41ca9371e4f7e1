import type { TaskStatus } from '../hub/answer.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'

const icons: Record<TaskStatus, IconName | 'green' | 'off'> = {
  in_progress: 'green',
  blocked: 'pause',
  failed: 'close',
  pending: 'off',
  completed: 'check',
}

export const taskStatusNames: Record<TaskStatus, string> = {
  in_progress: 'In progress',
  blocked: 'Blocked',
  failed: 'Failed',
  pending: 'Pending',
  completed: 'Completed',
}

/** The status of a task as an icon of its own shape; its name stands beside it. */
export function TaskIcon({ status }: { readonly status: TaskStatus }) {
  const icon = icons[status]
  return (
    <span className="task-icon" aria-hidden="true">
      {icon === 'green' || icon === 'off' ? <StatusIndicator color={icon} /> : <Icon name={icon} size={14} />}
    </span>
  )
}
