import { formatSource } from '@signalbox/client/session-sources'
import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { shortId } from '../short-id.ts'
import type { Column } from '../table.ts'

export function timelineColumns(timeOf: (instant: string) => string): Column<TimelineRow>[] {
  return [
    // Without the year on a narrow terminal.
    { title: 'Time', cell: ({ at }, compact) => timeOf(at).slice(compact ? 5 : 0) },
    { title: 'Event', cell: ({ type }) => printable(type) },
    { title: 'Change', cell: ({ from, to, failed }) => (failed ? 'failed' : printable(formatTransition(from, to))), minWidths: [20, 8] },
    { title: 'Name', cell: ({ name }) => printable(name ?? ''), minWidths: [16, 8] },
    {
      title: 'Took',
      align: 'right',
      cell: ({ duration_ms: time }) => (time === undefined ? '' : time < 1_000 ? `${Math.round(time)} ms` : formatDuration(time)),
    },
    {
      title: 'Task',
      minWidths: [16, 8],
      cell: ({ task_name, task_id }) => printable(task_name ?? (task_id === undefined ? '' : shortId(task_id))),
    },
    { title: 'Reason', minWidths: [12, 6], dropOrder: 1, cell: ({ reason }) => printable(reason ?? '') },
    { title: 'Source', dropOrder: 2, cell: ({ source }) => (source === undefined ? '' : formatSource(source)) },
  ]
}

/** `active → paused` */
export function formatTransition(from: string | undefined, to: string | undefined): string {
  return [from, to].filter((status) => status !== undefined).join(' → ')
}
