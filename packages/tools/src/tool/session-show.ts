import { NotFoundError, type StateTrackingApiClient } from '@signalbox/client'
import { countOf } from '@signalbox/contract/plural'
import type { Session } from '@signalbox/contract/session'
import type { FailureInfo } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { SessionTasks, Task } from '@signalbox/contract/task'
import type { UsageReport } from '@signalbox/contract/usage'
import { z } from 'zod'
import { findSession, machineArgument, projectArgument, sessionArgument, slotArgument } from '../find-session.ts'
import { compact, formatCompact, formatUsd, roundUsd, shorten } from '../format.ts'
import { describeSession, toSessionData } from '../session-summary.ts'
import { toTaskData } from '../task-summary.ts'
import { defineTool, type ToolContext } from '../tool.ts'
import { describeUncertain, isNoUsage, notItemisedOf, uncertainData } from '../uncertain-usage.ts'

const subjects = ['failure', 'cost', 'timeline', 'tasks'] as const
/** Rows of the parts that are not asked for, and of the one that is. */
const ROWS = { usual: 8, asked: 50 }

export const sessionShow = defineTool({
  name: 'session_show',
  title: 'One session',
  description:
    'One session of Claude Code in detail: its state and since when, health with suggested actions, branch, model, context, cost by model ' +
    'at list price, tasks, subagents, the end of its timeline, and why it failed where it did. Name it by the beginning of its id, or by ' +
    'project, machine or slot (then the newest live one). Without any of these it is your own session.',
  input: z.strictObject({
    session: sessionArgument,
    project: projectArgument,
    machine: machineArgument,
    slot: slotArgument,
    about: z.enum(subjects).optional().describe('The part to show at length; default all parts in short.'),
  }),
  scope: 'read',
  async run(client, { about, ...target }, context) {
    const session = await findSession(client, target, context)
    const details = await readDetails(client, session, about === 'timeline' ? ROWS.asked : ROWS.usual, context)
    const taskRows = listTasks(details.tasks)
    const shownTasks = taskRows.slice(0, about === 'tasks' ? ROWS.asked : ROWS.usual)
    const claude = session.claude_code
    return {
      text: describe(session, details, shownTasks, taskRows.length - shownTasks.length, about, context),
      data: compact({
        ...toSessionData(session),
        sources: claude?.sources,
        version: claude?.version,
        permission_mode: claude?.permission_mode,
        context_tokens: claude?.context_tokens,
        context_limit: claude?.context_limit,
        turn_error: claude?.turn_error,
        claude_tasks: claude?.tasks.length ? claude.tasks.slice(0, ROWS.asked) : undefined,
        subagents: claude?.subagents.length ? claude.subagents.slice(-ROWS.usual) : undefined,
        health: { is_stale: details.health.is_stale, recommendations: details.health.recommendations },
        failure: details.failure,
        usage: toUsageData(details.usage),
        tasks: { stats: details.tasks.stats, rows: shownTasks.map(toTaskData), left_out: taskRows.length - shownTasks.length || undefined },
        timeline: details.timeline,
      }),
    }
  },
})

interface Details {
  readonly health: SessionHealth
  readonly tasks: SessionTasks
  readonly timeline: readonly TimelineRow[]
  readonly usage: UsageReport
  readonly failure: FailureInfo | undefined
}

async function readDetails(
  client: StateTrackingApiClient,
  { session_id: id, status }: Session,
  limit: number,
  { signal }: ToolContext,
): Promise<Details> {
  const [health, tasks, timeline, usage, failure] = await Promise.all([
    client.getSessionHealth(id, {}, { signal }),
    client.getSessionTaskProgress(id, { signal }),
    client.getSessionTimeline(id, { limit }, { signal }),
    client.getUsage({ group: 'model', session_id: id }, { signal }),
    status === 'failed' || status === 'stalled' ? client.getSessionFailureInfo(id, { signal }).catch(ignoreNotFound) : undefined,
  ])
  return { health, tasks, timeline, usage, failure }
}

/** Between two requests the session may have been recovered: then there is no failure any more. */
function ignoreNotFound(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined
  throw error
}

function listTasks({ tasks }: SessionTasks): Task[] {
  return [...tasks.in_progress, ...tasks.blocked, ...tasks.failed, ...tasks.pending, ...tasks.completed]
}

function toUsageData({ totals, rows }: UsageReport) {
  if (isNoUsage(totals)) return undefined
  return {
    cost_usd: roundUsd(totals.cost_usd),
    total_tokens: totals.total_tokens,
    calls: totals.calls,
    output_tokens: totals.output,
    cache_read_tokens: totals.read,
    models: rows
      .slice(0, ROWS.usual)
      .map(({ model, not_itemised, cost_usd, total_tokens, calls }) =>
        compact({ model, not_itemised, cost_usd: roundUsd(cost_usd), total_tokens, calls }),
      ),
    ...uncertainData(totals, notItemisedOf(totals.models)),
  }
}

function describe(
  session: Session,
  { health, tasks, timeline, usage, failure }: Details,
  shownTasks: readonly Task[],
  tasksLeftOut: number,
  about: (typeof subjects)[number] | undefined,
  { now }: ToolContext,
): string {
  const { totals } = usage
  const lines = [describeSession(session, now)]
  if (failure !== undefined)
    lines.push(
      `Failed: ${shorten(failure.failure_reason, 300)}${failure.error_details === undefined ? '' : ` (${shorten(failure.error_details, 500)})`}.`,
    )
  lines.push(...health.recommendations.map((text) => `Suggested: ${text}`))
  if (!isNoUsage(totals)) {
    lines.push(
      `Cost so far ${formatUsd(totals.cost_usd)} at list price, ${formatCompact(totals.total_tokens)} tokens in ${countOf(totals.calls, 'call')}.`,
      ...describeUncertain(totals, notItemisedOf(totals.models)),
    )
  }
  if (tasks.stats.total > 0) {
    lines.push(`Tasks: ${tasks.stats.completed} of ${tasks.stats.total} completed.`)
    lines.push(...shownTasks.map(({ status, task_name }) => `- ${status}: ${shorten(task_name, 120)}`))
    if (tasksLeftOut > 0) lines.push(`${countOf(tasksLeftOut, 'more task')} left out; tasks_list shows more.`)
  }
  if (about === 'timeline' || about === undefined) lines.push(...timeline.map(describeRow))
  return lines.join('\n')
}

function describeRow({ at, type, from, to, reason, task_name, name }: TimelineRow): string {
  const change = to === undefined ? '' : ` ${from ?? ''} → ${to}`
  const what = task_name ?? name
  return `${at} ${type}${change}${what === undefined ? '' : ` ${shorten(what, 100)}`}${reason === undefined ? '' : ` (${shorten(reason, 200)})`}`
}
