import type { Session, Task, TaskStatus } from '../hub/answer.ts'
import { useSessionTasks } from '../hub/session.ts'
import { QueryProblem } from '../shell/query-problem.tsx'
import { Panel } from '../ui/panel.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { formatDuration } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { Age } from './heartbeat-age.tsx'
import { TaskIcon, taskStatusNames } from './task-icon.tsx'
import './tasks-panel.css'

/** Running and stuck tasks first, completed ones last. */
const statusOrder: readonly TaskStatus[] = ['in_progress', 'blocked', 'failed', 'pending', 'completed']

/** The tasks of a session and its progress. A session of Claude Code has a list of its own, and need not have these. */
export function TasksPanel({ session }: { readonly session: Session }) {
  const tasks = useSessionTasks(session.session_id)
  const stats = tasks.data?.stats
  if (session.claude_code !== undefined && tasks.error === null && (stats === undefined || stats.total === 0)) return null
  return (
    <Panel
      title={t.tasks}
      aside={stats !== undefined && stats.total > 0 && <span className="small">{t.ofDone(<b>{stats.completed}</b>, stats.total)}</span>}
    >
      <QueryProblem query={tasks} />
      {tasks.data === undefined || stats === undefined ? (
        tasks.error === null && <Skeleton height={160} label={t.loadingTasks} />
      ) : stats.total === 0 ? (
        <p className="muted">{t.noTasksYet}</p>
      ) : (
        <>
          <ShareBar share={stats.completion_percentage / 100} />
          <ul className="tasks">
            {statusOrder
              .flatMap((status) => tasks.data.tasks[status])
              .map((task) => (
                <TaskItem key={task.task_id} task={task} current={task.task_id === session.current_task_id} />
              ))}
          </ul>
        </>
      )}
    </Panel>
  )
}

function TaskItem({ task, current }: { readonly task: Task; readonly current: boolean }) {
  const { started_at: startedAt, completed_at: completedAt } = task
  return (
    <li data-status={task.status} aria-current={current ? 'step' : undefined}>
      <TaskIcon status={task.status} />
      <span className="task-name breakable">{task.task_name}</span>
      <span className="task-status small">{taskStatusNames[task.status]}</span>
      <span className="task-duration small muted">
        {startedAt !== undefined &&
          (completedAt === undefined
            ? task.status === 'in_progress' && <Age at={startedAt} />
            : formatDuration(Date.parse(completedAt) - Date.parse(startedAt)))}
      </span>
      {task.error_message !== undefined && <span className="task-error small muted breakable">{task.error_message}</span>}
    </li>
  )
}
