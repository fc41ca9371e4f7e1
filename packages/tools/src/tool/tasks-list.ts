import type { StateTrackingApiClient } from '@signalbox/client'
import { countOf, plural } from '@signalbox/contract/plural'
import { type Task, type TaskStatus, taskStatusSchema } from '@signalbox/contract/task'
import { usageRangeSchema } from '@signalbox/contract/usage-range'
import { z } from 'zod'
import { findSession, findSessions, machineArgument, projectArgument, sessionArgument } from '../find-session.ts'
import { compact } from '../format.ts'
import { matchesName } from '../match-name.ts'
import { boundsOf, spanOf } from '../range.ts'
import { describeTask, toTaskData } from '../task-summary.ts'
import { defineTool, type ToolContext } from '../tool.ts'

/** The newest tasks that one call looks through. */
const MAX_SCANNED = 1000
const DEFAULT_ROWS = 30

export const tasksList = defineTool({
  name: 'tasks_list',
  title: 'Tasks',
  description:
    'Tasks that sessions keep on this hub, newest first, with their ids: what is open, in progress, blocked (and why), failed or completed. ' +
    'Without session, project or machine, those of all sessions. Use it before task_update to find a task_id.',
  input: z.strictObject({
    status: taskStatusSchema.optional(),
    session: sessionArgument,
    project: projectArgument,
    machine: machineArgument,
    range: usageRangeSchema.optional().describe('Tasks that ended in it; those that have not, by their creation.'),
    top: z.int().min(1).max(100).optional().describe('The most tasks; default 30.'),
  }),
  scope: 'read',
  async run(client, { status, session, project, machine, range, top = DEFAULT_ROWS }, context) {
    const sessionId = session === undefined ? undefined : (await findSession(client, { session }, context)).session_id
    const onMachine = machine === undefined ? undefined : await sessionIdsOf(client, machine, context)
    const { tasks, unseen } = await scan(client, { status, session_id: sessionId }, context)
    const isInRange = range === undefined ? () => true : rangeFilter(range, context)
    const matching = tasks.filter(
      (task) =>
        (project === undefined || matchesName(task.project_id, project)) && (onMachine?.has(task.session_id) ?? true) && isInRange(task),
    )
    const shown = matching.slice(0, top)
    const leftOut = matching.length - shown.length
    const lines = [matching.length === 0 ? 'No task matches.' : `${countOf(matching.length, 'task')}:`, ...shown.map(describeTask)]
    if (leftOut > 0) lines.push(`${countOf(leftOut, 'more task')} left out; pass a larger top, or a filter.`)
    if (unseen > 0)
      lines.push(
        `Only the newest ${tasks.length} tasks were looked at; ${countOf(unseen, 'older one')} ${plural(unseen, 'was', 'were')} not.`,
      )
    return {
      text: lines.join('\n'),
      data: compact({
        total: matching.length,
        tasks: shown.map(toTaskData),
        left_out: leftOut || undefined,
        not_looked_at: unseen || undefined,
      }),
    }
  },
})

async function scan(
  client: StateTrackingApiClient,
  query: { status: TaskStatus | undefined; session_id: string | undefined },
  { signal }: ToolContext,
) {
  let total = 0
  const onTotal = (count: number) => {
    total = count
  }
  const tasks: Task[] = []
  for await (const task of client.eachTask(query, { signal, onTotal, maxRows: MAX_SCANNED })) tasks.push(task)
  return { tasks, unseen: Math.max(0, total - tasks.length) }
}

async function sessionIdsOf(client: StateTrackingApiClient, machine: string, context: ToolContext): Promise<ReadonlySet<string>> {
  const { sessions } = await findSessions(client, { machine }, context)
  return new Set(sessions.map(({ session_id }) => session_id))
}

function rangeFilter(range: string, context: ToolContext): (task: Task) => boolean {
  const { from, to } = boundsOf(spanOf(range, context), context.timezone)
  return ({ completed_at, created_at }) => {
    const at = Date.parse(completed_at ?? created_at)
    return at >= from && at < to
  }
}
