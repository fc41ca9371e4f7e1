import type { ClaudeTask, Subagent } from '@signalbox/contract/claude-session'
import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import type { Column } from '../table.ts'

/** Columns of the subagents of a session. */
export function subagentColumns(now: number): Column<Subagent>[] {
  return [
    { title: 'Subagent', minWidths: [20, 8], cell: ({ agent_type, agent_id }) => printable(agent_type ?? agent_id) },
    { title: 'State', cell: ({ ended_at }) => (ended_at === undefined ? 'running' : 'ended') },
    {
      title: 'Duration',
      align: 'right',
      cell: ({ started_at, ended_at }) =>
        started_at === undefined
          ? ''
          : formatDuration(Math.max(0, (ended_at === undefined ? now : Date.parse(ended_at)) - Date.parse(started_at))),
    },
    { title: 'Started by', minWidths: [12, 8], dropOrder: 1, cell: ({ parent_agent_id }) => printable(parent_agent_id ?? '') },
  ]
}

/** Columns of the tasks on the list that Claude Code keeps for itself. */
export const claudeTaskColumns: readonly Column<ClaudeTask>[] = [
  { title: 'Task', minWidths: [20, 8], cell: ({ name }) => printable(name) },
  { title: 'Status', cell: ({ status }) => status.replace('_', ' ') },
]
