import type { TimelineRow } from '../hub/answer.ts'
import { toObservedKind, type Wait } from '../hub/session-sources.ts'
import { formatDuration } from '../ui/time-format.ts'
import { formatWaiting } from './session-state.ts'

const statusNames: Record<string, string> = {
  active: 'Active',
  paused: 'Paused',
  stalled: 'Stalled',
  completed: 'Completed',
  failed: 'Failed',
  archived: 'Archived',
}
const taskStatusNames: Record<string, string> = {
  pending: 'requeued',
  in_progress: 'started',
  completed: 'completed',
  failed: 'failed',
  blocked: 'blocked',
}

/** The text of a timeline row; undefined for a row that only reports an unspecified change. */
export function formatTimelineRow(row: TimelineRow): string | undefined {
  const { type, to, task_name, task_id } = row
  const kind = toObservedKind(row)
  if (kind !== undefined) return formatObserved(kind, row)
  switch (type) {
    case 'session.created':
      return 'Started'
    case 'session.status':
      return to === undefined ? undefined : (statusNames[to] ?? to)
    case 'task.created':
      return `Task added: ${task_name ?? task_id ?? ''}`
    case 'task.status':
      return to === undefined ? undefined : `Task ${taskStatusNames[to] ?? to}: ${task_name ?? task_id ?? ''}`
    default:
      return undefined
  }
}

const starts: Record<string, string> = {
  startup: 'Claude Code started',
  resume: 'Resumed',
  clear: 'Started after /clear',
  compact: 'Continued after compaction',
  fork: 'Forked',
}

const activityNames: Record<string, string> = { working: 'Working', idle: 'Idle' }

function formatObserved(kind: string, { name, reason, failed, to, duration_ms: duration }: TimelineRow): string {
  const took = duration === undefined ? '' : `, ${formatShort(duration)}`
  const named = name === undefined ? '' : `: ${name}`
  const why = reason === undefined ? '' : `: ${reason}`
  switch (kind) {
    case 'activity':
      return to === 'waiting' ? formatWaiting(reason) : (activityNames[to ?? ''] ?? to ?? 'Activity')
    case 'started':
      return reason === undefined ? 'Claude Code started' : (starts[reason] ?? `Started (${reason})`)
    case 'prompt':
      return 'Prompt'
    case 'turn-ended':
      return `Turn ended${took}`
    case 'turn-failed':
      return `Turn failed${why}${took}`
    case 'interrupted':
      return 'Interrupted'
    case 'waiting':
      return `${formatWaiting(reason)}${named}${took}`
    case 'tool':
      return `${name ?? 'Tool'}${failed ? ' failed' : ''}${took}`
    case 'subagent-started':
      return `Subagent started${named}`
    case 'subagent-ended':
      return `Subagent ended${named}${took}`
    case 'task-created':
      return `Task added${named}`
    case 'task-completed':
      return `Task completed${named}`
    case 'compacted':
      return `Context compacted${reason === undefined ? '' : ` (${reason})`}${took}`
    case 'ended':
      return `Claude Code ended${why}`
    default:
      return `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll('-', ' ')}${named}${why}${took}`
  }
}

/** Tools often take less than a second. */
function formatShort(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : formatDuration(milliseconds)
}

/** One line of the shown timeline: a row, or several tools that ran one after the other. */
export interface TimelineLine {
  readonly row: TimelineRow
  readonly text: string
  /** The reason, where the text does not contain it. */
  readonly reason: string | undefined
  readonly failed: boolean
  /** The number of rows. */
  readonly count: number
}

/**
 * The lines of a timeline, oldest first like its rows. Tools that followed each other share a line, and a change of activity has
 * none where the event that caused it stands beside it.
 */
export function toTimelineLines(rows: readonly TimelineRow[], waits: readonly Wait[] = []): TimelineLine[] {
  const lines: TimelineLine[] = []
  const timeOf = new Map(waits.map(({ row, time }) => [row, time]))
  let tools: TimelineRow[] = []
  const flush = () => {
    const [first] = tools
    if (first !== undefined) lines.push(toolLine(first, tools))
    tools = []
  }
  for (const [index, row] of rows.entries()) {
    const kind = toObservedKind(row)
    if (kind === 'tool') {
      if (tools[0] !== undefined && tools[0].agent_id !== row.agent_id) flush()
      tools.push(row)
      continue
    }
    const neighbours = rows.slice(Math.max(0, index - REACH), index + REACH + 1).filter((other) => other !== row && isAtOnce(row, other))
    if (neighbours.some((other) => isCoveredBy(row, other))) continue
    const text = formatTimelineRow(row)
    if (text === undefined) continue
    flush()
    const tool = kind === 'activity' ? neighbours.find((other) => toObservedKind(other) === 'waiting')?.name : undefined
    const time = timeOf.get(row)
    const full = `${text}${tool === undefined ? '' : `: ${tool}`}${time === undefined ? '' : `, ${formatShort(time)}`}`
    const failed = kind === 'turn-failed' || row.failed === true
    lines.push({ row, text: inSubagent(full, row), reason: kind === undefined ? row.reason : undefined, failed, count: 1 })
  }
  flush()
  return lines
}

/** Rows of one moment are this close in the timeline, and in time. */
const REACH = 3
const MOMENT_MS = 2_000

function isAtOnce(a: TimelineRow, b: TimelineRow): boolean {
  return Math.abs(Date.parse(a.at) - Date.parse(b.at)) <= MOMENT_MS
}

/** The events that each activity begins with. */
const causes: Record<string, readonly string[]> = {
  working: ['prompt', 'started'],
  idle: ['turn-ended', 'turn-failed', 'interrupted', 'started'],
}

/** Whether a row says nothing beyond its neighbour: an activity beside its cause, a wait beside its activity, or a creation beside the start. */
function isCoveredBy(row: TimelineRow, neighbour: TimelineRow): boolean {
  const [kind, other] = [toObservedKind(row), toObservedKind(neighbour)]
  if (row.type === 'session.created') return other === 'started'
  if (kind === 'waiting') return other === 'activity' && neighbour.to === 'waiting'
  return kind === 'activity' && other !== undefined && (causes[row.to ?? '']?.includes(other) ?? false)
}

function toolLine(first: TimelineRow, tools: readonly TimelineRow[]): TimelineLine {
  const failures = tools.filter(({ failed }) => failed).length
  if (tools.length === 1)
    return { row: first, text: inSubagent(formatTimelineRow(first) ?? '', first), reason: undefined, failed: failures > 0, count: 1 }
  const counts = new Map<string, number>()
  for (const { name = 'Tool' } of tools) counts.set(name, (counts.get(name) ?? 0) + 1)
  const names = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => (count === 1 ? name : `${name} ×${count}`))
  const total = tools.reduce((sum, { duration_ms = 0 }) => sum + duration_ms, 0)
  const text = `${names.join(', ')}${failures === 0 ? '' : `, ${failures} failed`}${total === 0 ? '' : `, ${formatShort(total)}`}`
  return { row: first, text: inSubagent(text, first), reason: undefined, failed: failures > 0, count: tools.length }
}

function inSubagent(text: string, { agent_id, type }: TimelineRow): string {
  return agent_id === undefined || type.includes('subagent') ? text : `In a subagent: ${text}`
}
