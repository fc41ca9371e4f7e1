import { NotFoundError, type StateTrackingApiClient } from '@signalbox/client'
import { formatUnseenReason } from '@signalbox/client/collector-state'
import type { SessionSourceRow } from '@signalbox/contract/claude-session'
import { formatDuration } from '@signalbox/contract/duration-text'
import { formatPercent } from '@signalbox/contract/number-text'
import { printable } from '@signalbox/contract/printable'
import type { Session } from '@signalbox/contract/session'
import type { FailureInfo } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { SessionTasks } from '@signalbox/contract/task'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import { createClockFormatter } from '../clock-formatter.ts'
import { type Detail, formatHeading, formatMetadata, renderDetails } from '../details.ts'
import { formatCount } from '../format-number.ts'
import { printJson } from '../hub/print-result.ts'
import { requestsToCommands } from '../hub/requests-to-commands.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'
import { sessionStyles } from '../status-style.ts'
import { type Column, renderTable } from '../table.ts'
import { taskColumns } from '../tasks/columns.ts'
import { createTerminal, type Terminal } from '../terminal.ts'
import { claudeDetails } from './claude-details.ts'
import { findSession } from './find.ts'
import { formatActivity, formatActivitySince, isUnseen } from './format-activity.ts'
import { claudeTaskColumns, subagentColumns } from './subagents.ts'
import { timelineColumns } from './timeline.ts'

export interface ShowOptions extends HubOptions {
  /** Rows of the timeline. */
  readonly timeline: number
}

/** The answers of the hub's routes about one session. */
interface SessionAnswers {
  readonly session: Session
  readonly health: SessionHealth
  readonly tasks: SessionTasks
  readonly timeline: readonly TimelineRow[]
  /** Only of a failed or stalled session. */
  readonly failure?: FailureInfo
  /** Only of a session of Claude Code that is observed. */
  readonly sources?: readonly SessionSourceRow[]
  /** What is counted of its calls; only of a session of Claude Code, and of a hub that counts it. */
  readonly usage?: SessionCheck
}

/** The hub's maximum. */
const MAX_TIMELINE_ROWS = 1_000

export async function show(io: Io, idPrefix: string, options: ShowOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const id = await findSession(hub, idPrefix)
    const { client } = hub
    const session = await client.getSession(id)
    const hasFailure = session.status === 'failed' || session.status === 'stalled'
    const [health, tasks, timeline, failure, sources, usage] = await Promise.all([
      client.getSessionHealth(id),
      client.getSessionTaskProgress(id),
      // Without --json all that the hub has: the time waited is summed over them, and the rows left out are counted.
      client.getSessionTimeline(id, { limit: options.json ? options.timeline : MAX_TIMELINE_ROWS }),
      hasFailure ? client.getSessionFailureInfo(id) : undefined,
      session.claude_code === undefined ? undefined : client.getSessionSources(id),
      session.claude_code === undefined || options.json ? undefined : findUsage(client, id),
    ])
    const answers: SessionAnswers = {
      session,
      health,
      tasks,
      timeline,
      ...(failure === undefined ? {} : { failure }),
      ...(sources === undefined ? {} : { sources }),
      ...(usage === undefined ? {} : { usage }),
    }
    if (options.json) return printJson(io, answers)
    const unseenReason = isUnseen(session) ? formatUnseenReason(session.machine_id, await findCollector(client, session)) : ''
    const terminal = createTerminal(io)
    const context = { now: hub.now(), timeOf: createClockFormatter(io), terminal, unseenReason, rowLimit: options.timeline }
    terminal.write(
      formatSession(answers, context) + formatTasks(answers, context) + formatClaude(answers, context) + formatTimeline(answers, context),
    )
  })
}

interface FormatContext {
  readonly now: number
  readonly timeOf: (instant: string) => string
  readonly terminal: Terminal
  /** Why the session is not seen; empty where it is. */
  readonly unseenReason: string
  readonly rowLimit: number
}

/** The collector of the session's machine; undefined where it has none, or the hub does not know the machine any more. */
async function findCollector(client: StateTrackingApiClient, { machine_id }: Session) {
  try {
    return (await client.getMachine(machine_id)).collector
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** Undefined for a hub before checks. */
async function findUsage(client: StateTrackingApiClient, id: string): Promise<SessionCheck | undefined> {
  try {
    return await client.checkSessionUsage(id)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

function formatSession(
  { session, health, tasks, failure, timeline, sources = [], usage }: SessionAnswers,
  { now, timeOf, terminal, unseenReason }: FormatContext,
): string {
  const ago = (at: string) => `${timeOf(at)}, ${formatDuration(Math.max(0, now - Date.parse(at)))} ago`
  const activity = formatActivity(session)
  const claude = session.claude_code
  const unseen = isUnseen(session) && session.not_seen_since
  const interval = session.heartbeat_interval_ms
  const id = shortId(session.session_id)
  // For a failed session the hub only recommends to look at the failure, which is shown here.
  const general = unseen || (session.status === 'failed' && failure !== undefined) ? [] : health.recommendations
  const advice = [...general, ...(failure?.analysis.recovery_recommendations ?? [])].map((text) => printable(requestsToCommands(text, id)))
  const details: Detail[] = [
    ['Session', printable(session.session_id)],
    ['Name', claude?.name && printable(claude.name)],
    unseen
      ? ['Status', `not seen since ${ago(unseen)}`, 'dim']
      : ['Status', `${session.status}${activity === '' ? '' : `, ${formatActivitySince(session, now)}`}`, sessionStyles[session.status]],
    ['', unseen ? `Its state is not known at the moment: ${printable(unseenReason)}.` : undefined],
    ['Stalled', session.stalled_since === undefined ? undefined : `since ${ago(session.stalled_since)}`],
    ['Attempt', session.attempt > 1 ? String(session.attempt) : undefined],
    ['Project', printable(session.project_id)],
    ['Machine', printable(`${session.machine_id}${session.docker_slot === undefined ? '' : `, slot ${session.docker_slot}`}`)],
    ['Task', formatCurrentTask(session, tasks)],
    ['Started', ago(session.started_at)],
    ['Ended', session.completed_at === undefined ? undefined : ago(session.completed_at)],
    ['Last seen', `${ago(session.last_heartbeat)}${interval === undefined ? '' : `; heartbeat every ${formatDuration(interval)}`}`],
    ...(claude === undefined ? [] : claudeDetails(session, claude, { sources, usage, timeline, now, ago })),
    ['Waiting since', unseen || session.waiting_since === undefined ? undefined : ago(session.waiting_since)],
    ['Health', unseen ? undefined : formatHealth(health)],
    [
      session.status === 'stalled' ? 'Stalled' : 'Failed',
      failure && printable(`${failure.failure_reason}, ${ago(failure.failed_at)}`),
      'red',
    ],
    ['Details', failure?.error_details && printable(failure.error_details)],
    ['Metadata', printable(formatMetadata(session.metadata))],
    ...advice.map((text, index): Detail => [index === 0 ? 'Suggested fixes' : '', text]),
  ]
  return renderDetails(details, terminal)
}

function formatCurrentTask({ current_task_id: id }: Session, { tasks }: SessionTasks): string | undefined {
  if (id === undefined) return undefined
  const task = Object.values(tasks)
    .flat()
    .find(({ task_id }) => task_id === id)
  return printable(task === undefined ? id : `${task.task_name} (${shortId(id)})`)
}

function formatHealth({ status, is_stale, time_since_heartbeat }: SessionHealth): string {
  if (status === 'completed' || status === 'failed' || status === 'archived') return 'ended'
  const age = formatDuration(time_since_heartbeat * 1000)
  return is_stale || status === 'stalled' ? `no heartbeat for ${age}` : `healthy, last seen ${age} ago`
}

const MAX_TASKS = 15

function formatTasks({ session, tasks: { tasks, stats } }: SessionAnswers, { now, terminal }: FormatContext): string {
  if (stats.total === 0) return ''
  const rows = [...tasks.in_progress, ...tasks.failed, ...tasks.blocked, ...tasks.pending, ...tasks.completed.toReversed()]
  const parts = (['in_progress', 'failed', 'blocked', 'pending'] as const)
    .filter((status) => stats[status] > 0)
    .map((status) => `${stats[status]} ${status.replace('_', ' ')}`)
  const note = [`${stats.completed} of ${stats.total} completed (${formatPercent(stats.completion_percentage)})`, ...parts].join(', ')
  const columns = taskColumns(rows, { now, ofOneSession: true })
  const table = renderTable(
    columns,
    rows.slice(0, MAX_TASKS).map((row) => ({ row })),
    terminal,
  )
  const rest = rows.length - MAX_TASKS
  const more =
    rest > 0
      ? terminal.style('dim', `${formatCount(rest, 'more task')}: signalbox tasks list --session ${shortId(session.session_id)}\n`)
      : ''
  return formatHeading('Tasks', note, terminal) + table + more
}

/** Claude Code's own tasks, and its subagents. */
function formatClaude({ session: { claude_code: claude } }: SessionAnswers, { now, terminal }: FormatContext): string {
  if (claude === undefined) return ''
  const { tasks, subagents } = claude
  const done = tasks.filter(({ status }) => status === 'completed').length
  const section = <Row>(title: string, note: string, columns: readonly Column<Row>[], rows: readonly Row[]) =>
    rows.length === 0
      ? ''
      : formatHeading(title, note, terminal) +
        renderTable(
          columns,
          rows.map((row) => ({ row })),
          terminal,
        )
  return (
    section("Claude Code's tasks", `${done} of ${tasks.length} completed`, claudeTaskColumns, tasks.slice(0, MAX_TASKS)) +
    section('Subagents', `${claude.subagents_running} of ${subagents.length} running`, subagentColumns(now), subagents.slice(-MAX_TASKS))
  )
}

function formatTimeline({ session, timeline }: SessionAnswers, { timeOf, terminal, rowLimit }: FormatContext): string {
  if (timeline.length === 0) return ''
  const earlier = Math.max(0, timeline.length - rowLimit)
  const atLeast = timeline.length === MAX_TIMELINE_ROWS ? 'at least ' : ''
  const all = `signalbox sessions show ${shortId(session.session_id)} --timeline ${timeline.length}`
  const more = earlier === 0 ? '' : terminal.style('dim', `… ${atLeast}${formatCount(earlier, 'earlier row')}: ${printable(all)}\n`)
  return (
    formatHeading('Timeline', '', terminal) +
    renderTable(
      timelineColumns(timeOf),
      timeline.slice(-rowLimit).map((row) => ({ row })),
      terminal,
    ) +
    more
  )
}
