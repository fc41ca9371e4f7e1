import type { Session, Task, TaskStatus } from '../hub/answer.ts'
import { problemOf } from '../hub/problem.ts'
import { useSessionTasks } from '../hub/session.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Lamp } from '../ui/lamp.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { duration } from '../ui/time-format.ts'
import { Age } from './beat-clock.tsx'
import './tasks-panel.css'

const looks: Record<TaskStatus, readonly [IconName | 'go' | 'dark', string]> = {
  in_progress: ['go', 'In progress'],
  blocked: ['pause', 'Blocked'],
  failed: ['close', 'Failed'],
  pending: ['dark', 'Pending'],
  completed: ['check', 'Completed'],
}
/** What moves or is stuck first, what is done last. */
const order: readonly TaskStatus[] = ['in_progress', 'blocked', 'failed', 'pending', 'completed']

/** What it is to do, and how far it is. */
export function TasksPanel({ session }: { readonly session: Session }) {
  const tasks = useSessionTasks(session.session_id)
  const stats = tasks.data?.stats
  return (
    <Panel
      title="Tasks"
      aside={
        stats !== undefined &&
        stats.total > 0 && (
          <span className="small">
            <b>{stats.completed}</b> of {stats.total} done
          </span>
        )
      }
    >
      {tasks.error !== null && <ProblemNote {...problemOf(tasks.error)} onRetry={() => tasks.refetch()} />}
      {tasks.data === undefined || stats === undefined ? (
        tasks.error === null && <Skeleton height={160} label="The tasks are being fetched" />
      ) : stats.total === 0 ? (
        <p className="quiet">It has no tasks.</p>
      ) : (
        <>
          <ShareBar share={stats.completion_percentage / 100} />
          <ul className="tasks">
            {order
              .flatMap((status) => tasks.data.tasks[status])
              .map((task) => (
                <TaskLine key={task.task_id} task={task} current={task.task_id === session.current_task_id} />
              ))}
          </ul>
        </>
      )}
    </Panel>
  )
}

function TaskLine({ task, current }: { readonly task: Task; readonly current: boolean }) {
  const [sign, word] = looks[task.status]
  const { started_at: began, completed_at: ended } = task
  return (
    <li data-status={task.status} aria-current={current ? 'step' : undefined}>
      <span className="task-sign" aria-hidden="true">
        {sign === 'go' || sign === 'dark' ? <Lamp color={sign} /> : <Icon name={sign} size={14} />}
      </span>
      <span className="task-name breakable">{task.task_name}</span>
      <span className="task-word small">{word}</span>
      <span className="task-took small quiet">
        {began !== undefined &&
          (ended === undefined ? task.status === 'in_progress' && <Age at={began} /> : duration(Date.parse(ended) - Date.parse(began)))}
      </span>
      {task.error_message !== undefined && <span className="task-why small quiet breakable">{task.error_message}</span>}
    </li>
  )
}
