import type { Session } from '@signalbox/contract/session'
import type { FailureInfo } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { SessionTasks } from '@signalbox/contract/task'
import { clockTime } from '../clock-time.ts'
import { type Detail, heading, metadataText, renderDetails } from '../details.ts'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { inCommands } from '../hub/in-commands.ts'
import { printJson } from '../hub/told.ts'
import { counted, duration } from '../number.ts'
import { printable } from '../printable.ts'
import { shortId } from '../short-id.ts'
import { sessionStyles } from '../status-style.ts'
import { renderTable } from '../table.ts'
import { taskColumns } from '../tasks/columns.ts'
import { type Terminal, terminalOf } from '../terminal.ts'
import { activityText } from './activity.ts'
import { findSession } from './find.ts'
import { timelineColumns } from './timeline.ts'

export interface ShowOptions extends HubOptions {
  /** Rows of the timeline. */
  readonly timeline: number
}

/** What the hub says of one session: an answer of each route that is asked. */
interface Shown {
  readonly session: Session
  readonly health: SessionHealth
  readonly tasks: SessionTasks
  readonly timeline: readonly TimelineRow[]
  /** Of one that failed or stalled. */
  readonly failure?: FailureInfo
}

export async function show(begins: string, options: ShowOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const id = await findSession(hub, begins)
    const { client } = hub
    const session = await client.getSession(id)
    const troubled = session.status === 'failed' || session.status === 'stalled'
    const [health, tasks, timeline, failure] = await Promise.all([
      client.getSessionHealth(id),
      client.getSessionTaskProgress(id),
      client.getSessionTimeline(id, { limit: options.timeline }),
      troubled ? client.getSessionFailureInfo(id) : undefined,
    ])
    const shown: Shown = { session, health, tasks, timeline, ...(failure === undefined ? {} : { failure }) }
    if (options.json) return printJson(shown)
    const terminal = terminalOf(process.stdout, process.env)
    const around = { now: hub.now(), timeOf: clockTime(process.env), terminal }
    terminal.write(details(shown, around) + tasksPart(shown, around) + timelinePart(shown, around))
  })
}

interface Around {
  readonly now: number
  readonly timeOf: (instant: string) => string
  readonly terminal: Terminal
}

function details({ session, health, tasks, failure }: Shown, { now, timeOf, terminal }: Around): string {
  const ago = (at: string) => `${timeOf(at)}, ${duration(Math.max(0, now - Date.parse(at)))} ago`
  const doing = activityText(session)
  const interval = session.heartbeat_interval_ms
  const id = shortId(session.session_id)
  // Why a session failed is told here already.
  const general = session.status === 'failed' && failure !== undefined ? [] : health.recommendations
  const advice = [...general, ...(failure?.analysis.recovery_recommendations ?? [])].map((text) => printable(inCommands(text, id)))
  const told: Detail[] = [
    ['Session', printable(session.session_id)],
    ['Status', `${session.status}${doing === '' ? '' : `, ${doing}`}`, sessionStyles[session.status]],
    ['Project', printable(session.project_id)],
    ['Machine', printable(`${session.machine_id}${session.docker_slot === undefined ? '' : `, slot ${session.docker_slot}`}`)],
    ['Task', taskText(session, tasks)],
    ['Started', ago(session.started_at)],
    ['Ended', session.completed_at === undefined ? undefined : ago(session.completed_at)],
    ['Last beat', `${ago(session.last_heartbeat)}${interval === undefined ? '' : `; promised every ${duration(interval)}`}`],
    ['Waits since', session.waiting_since === undefined ? undefined : ago(session.waiting_since)],
    ['Health', healthText(health)],
    [
      session.status === 'stalled' ? 'Stalled' : 'Failed',
      failure && printable(`${failure.failure_reason}, ${ago(failure.failed_at)}`),
      'red',
    ],
    ['Details', failure?.error_details && printable(failure.error_details)],
    ['Metadata', printable(metadataText(session.metadata))],
    ...advice.map((text, index): Detail => [index === 0 ? 'What to do' : '', text]),
  ]
  return renderDetails(told, terminal)
}

function taskText({ current_task_id: id }: Session, { tasks }: SessionTasks): string | undefined {
  if (id === undefined) return undefined
  const known = Object.values(tasks)
    .flat()
    .find(({ task_id }) => task_id === id)
  return printable(known === undefined ? id : `${known.task_name} (${shortId(id)})`)
}

function healthText({ status, is_stale, time_since_heartbeat }: SessionHealth): string {
  if (status === 'completed' || status === 'failed' || status === 'archived') return 'it has ended'
  const silence = duration(time_since_heartbeat * 1000)
  return is_stale || status === 'stalled' ? `silent for ${silence}` : `alive, heard of ${silence} ago`
}

const MOST_TASKS = 15

function tasksPart({ session, tasks: { tasks, stats } }: Shown, { now, terminal }: Around): string {
  if (stats.total === 0) return ''
  const rows = [...tasks.in_progress, ...tasks.failed, ...tasks.blocked, ...tasks.pending, ...tasks.completed.toReversed()]
  const parts = (['in_progress', 'failed', 'blocked', 'pending'] as const)
    .filter((status) => stats[status] > 0)
    .map((status) => `${stats[status]} ${status.replace('_', ' ')}`)
  const note = [`${stats.completed} of ${stats.total} done (${stats.completion_percentage} %)`, ...parts].join(', ')
  const columns = taskColumns(rows, { now, ofOneSession: true })
  const table = renderTable(
    columns,
    rows.slice(0, MOST_TASKS).map((row) => ({ row })),
    terminal,
  )
  const rest = rows.length - MOST_TASKS
  const more =
    rest > 0 ? terminal.style('dim', `${counted(rest, 'more task')}: signalbox tasks list --session ${shortId(session.session_id)}\n`) : ''
  return heading('Tasks', note, terminal) + table + more
}

function timelinePart({ timeline }: Shown, { timeOf, terminal }: Around): string {
  if (timeline.length === 0) return ''
  return (
    heading('Timeline', '', terminal) +
    renderTable(
      timelineColumns(timeOf),
      timeline.map((row) => ({ row })),
      terminal,
    )
  )
}
