import type { TaskStatus } from '../hub/answer.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { StatusIndicator } from '../ui/status-indicator.tsx'
import { t } from '../words/session.ts'

const icons: Record<TaskStatus, IconName | 'green' | 'off'> = {
  in_progress: 'green',
  blocked: 'pause',
  failed: 'close',
  pending: 'off',
  completed: 'check',
}

export const taskStatusNames: Record<TaskStatus, string> = {
  in_progress: t.inProgressLabel,
  blocked: t.blocked,
  failed: t.failed,
  pending: t.pending,
  completed: t.completed,
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
