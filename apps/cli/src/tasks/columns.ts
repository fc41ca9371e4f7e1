import type { Task } from '@signalbox/contract/task'
import { duration, span } from '../number.ts'
import { printable } from '../printable.ts'
import { shortId, shortIds } from '../short-id.ts'
import { taskStyles } from '../status-style.ts'
import type { Column } from '../table.ts'

export interface Surroundings {
  readonly now: number
  /** Which session and project they are of needs no telling. */
  readonly ofOneSession?: boolean
}

/** The columns, from the left. What is dispensable leaves a narrow terminal first. */
export function taskColumns(rows: readonly Task[], { now, ofOneSession = false }: Surroundings): Column<Task>[] {
  const short = shortIds(rows.map(({ task_id }) => task_id))
  const columns: Column<Task>[] = [
    { title: 'Task', cutTo: [36, 8], cell: ({ task_id }, tight) => printable(tight ? short(task_id) : task_id) },
    { title: 'Status', style: ({ status }) => taskStyles[status], cell: ({ status }) => printable(status.replace('_', ' ')) },
    { title: 'Name', cutTo: [20, 8], cell: ({ task_name }) => printable(task_name.slice(0, MOST)) },
    { title: 'Issue', cutTo: [8, 6], leaves: 3, cell: ({ github_issue_id }) => printable(github_issue_id ?? '') },
    { title: 'Why', cutTo: [12, 8], leaves: 2, cell: ({ error_message }) => printable((error_message ?? '').slice(0, MOST)) },
    {
      title: 'Changed',
      align: 'right',
      leaves: 1,
      cell: ({ updated_at }, tight) => (tight ? span : duration)(Math.max(0, now - Date.parse(updated_at))),
    },
  ]
  if (ofOneSession) return columns
  return columns.toSpliced(
    3,
    0,
    { title: 'Project', cutTo: [10, 6], leaves: 4, cell: ({ project_id }) => printable(project_id) },
    { title: 'Session', leaves: 5, cell: ({ session_id }) => printable(shortId(session_id)) },
  )
}

/** Characters of a long text that are worth measuring. */
const MOST = 120
