import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import type { Session } from '@signalbox/contract/session'
import type { RecoverableSession } from '@signalbox/contract/session-recovery'
import { formatCount, formatUsdAtLeast } from '../format-number.ts'
import { shortId, shortIds } from '../short-id.ts'
import { sessionStyles } from '../status-style.ts'
import type { Column } from '../table.ts'
import { formatContextShare } from './claude-details.ts'
import { formatActivitySince, isUnseen } from './format-activity.ts'

/** The fields of all session lists of the hub, those of some of them, and why a session failed. */
export type SessionRow = Pick<
  Session,
  'session_id' | 'project_id' | 'machine_id' | 'docker_slot' | 'status' | 'current_task_id' | 'last_heartbeat' | 'started_at'
> &
  Partial<Pick<Session, 'activity' | 'waiting_for' | 'waiting_since' | 'completed_at' | 'not_seen_since' | 'claude_code'>> &
  Partial<Pick<RecoverableSession, 'can_recover' | 'recovery_blocked_reason' | 'recovery_attempts'>> & { readonly failure_reason?: string }

export interface TableContext {
  readonly now: number
  /** The known names of tasks, by id. */
  readonly taskNames: ReadonlyMap<string, string>
}

/** The columns, from left to right. */
export function sessionColumns(rows: readonly SessionRow[], { now, taskNames }: TableContext): Column<SessionRow>[] {
  const short = shortIds(rows.map(({ session_id }) => session_id))
  const formatSpan = (from: string, to: number, compact: boolean) =>
    (compact ? formatRoughDuration : formatDuration)(Math.max(0, to - Date.parse(from)))
  const endOf = ({ completed_at }: SessionRow) => (completed_at === undefined ? now : Date.parse(completed_at))
  // The collector sees all of them at once, so their time since it did says little.
  const observed = rows.every(({ claude_code }) => claude_code !== undefined)
  // Of failed sessions a person asks which ones and why.
  const failed = rows.some(({ failure_reason }) => failure_reason !== undefined)
  return [
    { title: 'Session', minWidths: [36, 8], cell: ({ session_id }, compact) => printable(compact ? short(session_id) : session_id) },
    {
      title: 'Status',
      style: (row) => (isUnseen(row) ? 'dim' : sessionStyles[row.status]),
      cell: (row) => (isUnseen(row) ? 'not seen' : printable(row.status)),
    },
    { title: 'Project', minWidths: [12, 6], truncateStart: true, cell: ({ project_id }) => printable(project_id) },
    { title: 'Machine', minWidths: [10, 6], dropOrder: 1, cell: ({ machine_id }) => printable(machine_id) },
    {
      title: 'Slot',
      align: 'right',
      dropOrder: rows.some(({ claude_code }) => claude_code !== undefined) ? 6 : 2,
      cell: ({ docker_slot }) => (docker_slot === undefined ? '' : String(docker_slot)),
    },
    { title: 'Recoverable', minWidths: [12, 6], cell: formatRecoverable },
    { title: 'Reason', minWidths: [16, 8], dropOrder: 2, cell: ({ failure_reason }) => printable(failure_reason ?? '') },
    {
      title: 'Activity',
      minWidths: [14, 8],
      dropOrder: 3,
      cell: (row, compact) => formatTaskOrActivity(row, { now, taskNames }, compact),
    },
    { title: 'Name', minWidths: [10, 6], dropOrder: failed ? 2 : 7, cell: ({ claude_code }) => printable(claude_code?.name ?? '') },
    {
      title: 'Context',
      align: 'right',
      dropOrder: 4,
      cell: ({ claude_code }) => (claude_code === undefined ? '' : formatContextShare(claude_code)),
    },
    {
      title: 'Cost',
      align: 'right',
      dropOrder: 5,
      // What was last said of the session, of which some may be missing; `sessions show` has what is counted.
      cell: ({ claude_code }) => (claude_code?.cost_usd === undefined ? '' : formatUsdAtLeast(claude_code.cost_usd)),
    },
    { title: 'Branch', minWidths: [10, 6], dropOrder: 9, cell: ({ claude_code }) => printable(claude_code?.branch ?? '') },
    { title: 'Model', dropOrder: 8, cell: ({ claude_code }) => printable(claude_code?.model?.replace(/^claude-/, '') ?? '') },
    { title: 'Agents', align: 'right', dropOrder: 10, cell: ({ claude_code }) => String(claude_code?.subagents_running || '') },
    {
      title: 'Kind',
      dropOrder: failed ? 3 : 11,
      cell: ({ claude_code: claude }) => (claude?.kind === 'print' ? 'claude -p' : (claude?.kind ?? '')),
    },
    { title: 'Claude Code', dropOrder: 12, cell: ({ claude_code }) => printable(claude_code?.version ?? '') },
    {
      title: 'Last seen',
      align: 'right',
      ...(observed ? { dropOrder: 6 } : {}),
      minWidths: [9, 5],
      cell: ({ last_heartbeat }, compact) => formatSpan(last_heartbeat, now, compact),
    },
    {
      title: rows.every(({ completed_at }) => completed_at === undefined) ? 'Running for' : 'Duration',
      align: 'right',
      dropOrder: 13,
      cell: (row, compact) => formatSpan(row.started_at, endOf(row), compact),
    },
  ]
}

/** The current task, unless the session waits for a person, who has to act. */
function formatTaskOrActivity(row: SessionRow, { now, taskNames }: TableContext, compact: boolean): string {
  const task = row.current_task_id
  if (row.activity === 'waiting' || task === undefined || isUnseen(row)) return formatActivitySince(row, now, compact)
  return printable(taskNames.get(task) ?? `task ${shortId(task)}`)
}

function formatRecoverable({ can_recover, recovery_blocked_reason, recovery_attempts = 0 }: SessionRow): string {
  if (can_recover === undefined) return ''
  if (can_recover) return recovery_attempts === 0 ? 'yes' : `yes, ${formatCount(recovery_attempts, 'attempt')} so far`
  return printable(`no: ${recovery_blocked_reason ?? 'no reason given'}`)
}
