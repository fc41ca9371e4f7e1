import type { ClaudeTask } from '../hub/answer.ts'
import { Panel } from '../ui/panel.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { t } from '../words/session.ts'
import { TaskIcon, taskStatusNames } from './task-icon.tsx'
import './tasks-panel.css'

const statusOrder: readonly ClaudeTask['status'][] = ['in_progress', 'pending', 'completed']

/** The tasks on the list that Claude Code keeps for itself. */
export function ClaudeTasksPanel({ tasks }: { readonly tasks: readonly ClaudeTask[] }) {
  if (tasks.length === 0) return null
  const done = tasks.filter(({ status }) => status === 'completed').length
  return (
    <Panel title={t.claudeCodesTasks} aside={<span className="small">{t.ofDone(<b>{done}</b>, tasks.length)}</span>}>
      <ShareBar share={done / tasks.length} />
      <ul className="tasks claude-tasks">
        {statusOrder
          .flatMap((wanted) => tasks.filter(({ status }) => status === wanted))
          .map(({ task_id, name, status }) => (
            <li key={task_id} data-status={status}>
              <TaskIcon status={status} />
              <span className="task-name breakable">{name}</span>
              <span className="task-status small">{taskStatusNames[status]}</span>
            </li>
          ))}
      </ul>
    </Panel>
  )
}
