import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { printable } from '../printable.ts'
import { shortId } from '../short-id.ts'
import type { Column } from '../table.ts'

export function timelineColumns(timeOf: (instant: string) => string): Column<TimelineRow>[] {
  return [
    // A narrow terminal does without the year.
    { title: 'When', cell: ({ at }, tight) => timeOf(at).slice(tight ? 5 : 0) },
    { title: 'What', cell: ({ type }) => printable(type) },
    { title: 'Became', cell: ({ from, to }) => printable(moveText(from, to)), cutTo: [20, 8] },
    {
      title: 'Task',
      cutTo: [16, 8],
      cell: ({ task_name, task_id }) => printable(task_name ?? (task_id === undefined ? '' : shortId(task_id))),
    },
    { title: 'Why', cutTo: [12, 6], leaves: 1, cell: ({ reason }) => printable(reason ?? '') },
  ]
}

/** `active → paused` */
export function moveText(from: string | undefined, to: string | undefined): string {
  return [from, to].filter((status) => status !== undefined).join(' → ')
}
