import type { TimelineRow } from '../hub/answer.ts'
import { toObservedKind, type Wait } from '../hub/session-sources.ts'
import { formatDuration } from '../ui/time-format.ts'
import { t } from '../words/session.ts'
import { formatWaiting } from './session-state.ts'

const statusNames: Record<string, string> = {
  active: t.active,
  paused: t.paused,
  stalled: t.stalled,
  completed: t.completed,
  failed: t.failed,
  archived: t.archived,
}
const taskStatusNames: Record<string, string> = {
  pending: t.requeued,
  in_progress: t.taskStarted,
  completed: t.taskCompletedLabel,
  failed: t.taskFailed,
  blocked: t.taskBlocked,
}

/** The text of a timeline row; undefined for a row that only reports an unspecified change. */
export function formatTimelineRow(row: TimelineRow): string | undefined {
  const { type, to, task_name, task_id } = row
  const kind = toObservedKind(row)
  if (kind !== undefined) return formatObserved(kind, row)
  switch (type) {
    case 'session.created':
      return t.started
    case 'session.status':
      return to === undefined ? undefined : (statusNames[to] ?? to)
    case 'task.created':
      return t.taskAdded(task_name ?? task_id ?? '')
    case 'task.status':
      return to === undefined ? undefined : t.task(taskStatusNames[to] ?? to, task_name ?? task_id ?? '')
    default:
      return undefined
  }
}

const starts: Record<string, string> = {
  startup: t.claudeCodeStarted,
  resume: t.resumed,
  clear: t.startedAfterClear,
  compact: t.continuedAfterCompaction,
  fork: t.forked,
}

const activityNames: Record<string, string> = { working: t.working, idle: t.idle }

function formatObserved(kind: string, { name, reason, failed, to, duration_ms: duration }: TimelineRow): string {
  const took = duration === undefined ? '' : `, ${formatShort(duration)}`
  const named = name === undefined ? '' : `: ${name}`
  const why = reason === undefined ? '' : `: ${reason}`
  switch (kind) {
    case 'activity':
      return to === 'waiting' ? formatWaiting(reason) : (activityNames[to ?? ''] ?? to ?? t.activity)
    case 'started':
      return reason === undefined ? t.claudeCodeStarted : (starts[reason] ?? t.startedBecause(reason))
    case 'prompt':
      return t.prompt
    case 'turn-ended':
      return t.turnEnded(took)
    case 'turn-failed':
      return t.turnFailed(why, took)
    case 'interrupted':
      return t.interrupted
    case 'waiting':
      return `${formatWaiting(reason)}${named}${took}`
    case 'tool':
      return `${failed ? t.toolFailed(name ?? t.tool) : (name ?? t.tool)}${took}`
    case 'subagent-started':
      return t.subagentStarted(named)
    case 'subagent-ended':
      return t.subagentEnded(named, took)
    case 'task-created':
      return t.taskAddedNamed(named)
    case 'task-completed':
      return t.taskCompleted(named)
    case 'compacted':
      return t.contextCompacted(reason === undefined ? '' : ` (${reason})`, took)
    case 'ended':
      return t.claudeCodeEnded(why)
    default:
      return `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll('-', ' ')}${named}${why}${took}`
  }
}

/** Tools often take less than a second. */
function formatShort(milliseconds: number): string {
  return milliseconds < 1_000 ? t.ms(Math.round(milliseconds)) : formatDuration(milliseconds)
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
  for (const { name = t.tool } of tools) counts.set(name, (counts.get(name) ?? 0) + 1)
  const names = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => (count === 1 ? name : `${name} ×${count}`))
  const total = tools.reduce((sum, { duration_ms = 0 }) => sum + duration_ms, 0)
  const text = `${names.join(', ')}${failures === 0 ? '' : t.failures(failures)}${total === 0 ? '' : `, ${formatShort(total)}`}`
  return { row: first, text: inSubagent(text, first), reason: undefined, failed: failures > 0, count: tools.length }
}

function inSubagent(text: string, { agent_id, type }: TimelineRow): string {
  return agent_id === undefined || type.includes('subagent') ? text : t.inSubagent(text)
}
