import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import type { Task } from '@signalbox/contract/task'
import { shortId, shortIds } from '../short-id.ts'
import { taskStyles } from '../status-style.ts'
import type { Column } from '../table.ts'

export interface TableContext {
  readonly now: number
  /** Leaves out the columns for project and session. */
  readonly ofOneSession?: boolean
}

/** The columns, from left to right. */
export function taskColumns(rows: readonly Task[], { now, ofOneSession = false }: TableContext): Column<Task>[] {
  const short = shortIds(rows.map(({ task_id }) => task_id))
  const columns: Column<Task>[] = [
    { title: 'Task', minWidths: [36, 8], cell: ({ task_id }, compact) => printable(compact ? short(task_id) : task_id) },
    { title: 'Status', style: ({ status }) => taskStyles[status], cell: ({ status }) => printable(status.replace('_', ' ')) },
    { title: 'Name', minWidths: [20, 8], cell: ({ task_name }) => printable(task_name.slice(0, MAX_TEXT_LENGTH)) },
    { title: 'Issue', minWidths: [8, 6], dropOrder: 3, cell: ({ github_issue_id }) => printable(github_issue_id ?? '') },
    {
      title: 'Reason',
      minWidths: [12, 8],
      dropOrder: 2,
      cell: ({ error_message }) => printable((error_message ?? '').slice(0, MAX_TEXT_LENGTH)),
    },
    {
      title: 'Updated',
      align: 'right',
      dropOrder: 1,
      cell: ({ updated_at }, compact) => (compact ? formatRoughDuration : formatDuration)(Math.max(0, now - Date.parse(updated_at))),
    },
  ]
  if (ofOneSession) return columns
  return columns.toSpliced(
    3,
    0,
    { title: 'Project', minWidths: [10, 6], dropOrder: 4, cell: ({ project_id }) => printable(project_id) },
    { title: 'Session', dropOrder: 5, cell: ({ session_id }) => printable(shortId(session_id)) },
  )
}

/** Longer texts are cut before their width is measured. */
const MAX_TEXT_LENGTH = 120
