import type { StateTrackingApiClient } from '@signalbox/client'
import { countOf, plural } from '@signalbox/contract/plural'
import { activitySchema, type Session, type SessionStatus } from '@signalbox/contract/session'
import { usageRangeSchema } from '@signalbox/contract/usage-range'
import { z } from 'zod'
import { type FoundSessions, findSessions, liveStatuses, machineArgument, projectArgument } from '../find-session.ts'
import { compact } from '../format.ts'
import { boundsOf, spanOf } from '../range.ts'
import { describeSession, needsPerson, toSessionData } from '../session-summary.ts'
import { defineTool, type ToolContext } from '../tool.ts'

const states = ['person', 'waiting', 'live', 'active', 'paused', 'stalled', 'failed', 'completed', 'archived', 'any'] as const
type State = (typeof states)[number]
const orders = ['urgent', 'newest', 'oldest', 'dearest'] as const
const DEFAULT_ROWS = 20
/** An older failure is history and needs no one. */
const FAILURE_NEEDS_PERSON_MS = 24 * 3_600_000
/** Failed sessions of which those of the last day are looked for, newest first. */
const MAX_FAILED = 100

const statusesOf: Record<Exclude<State, 'person'>, readonly SessionStatus[] | undefined> = {
  waiting: ['active'],
  live: liveStatuses,
  active: ['active'],
  paused: ['paused'],
  stalled: ['stalled'],
  failed: ['failed'],
  completed: ['completed'],
  archived: ['archived'],
  any: undefined,
}

export const sessionsList = defineTool({
  name: 'sessions_list',
  title: 'Sessions',
  description:
    'Sessions of Claude Code on all machines: what each is doing, for how long, where, with which model, and its cost so far. Use it for ' +
    '"who waits for me" (state "person": waiting for permission or input, stalled, or failed within a day), "what is running" (state "live", ' +
    'the default), "what failed today". Instants are UTC, costs US dollars at list price. For one session in detail use session_show.',
  input: z.strictObject({
    state: z.enum(states).optional().describe('"person": goes on only when a person acts. Default "live": active, paused and stalled.'),
    activity: activitySchema.optional().describe('Only active sessions that do this.'),
    project: projectArgument,
    machine: machineArgument,
    range: usageRangeSchema.optional().describe('Sessions that ended in it; those that live, by their start.'),
    order: z.enum(orders).optional().describe('Default: "urgent" for state "person", else "newest".'),
    top: z.int().min(1).max(100).optional().describe('The most sessions; default 20.'),
  }),
  scope: 'read',
  async run(client, { state = 'live', activity, project, machine, range, order, top = DEFAULT_ROWS }, context) {
    const { sessions, unseen } = await findByState(client, state, { project, machine }, context)
    const isWanted = filterOf(state, context)
    const isInRange = range === undefined ? () => true : rangeFilter(range, context)
    const matching = sessions.filter(
      (session) =>
        isWanted(session) &&
        isInRange(session) &&
        (activity === undefined || (session.status === 'active' && session.activity === activity)),
    )
    const ordered = sortSessions(matching, order ?? (state === 'person' ? 'urgent' : 'newest'))
    const shown = ordered.slice(0, top)
    const leftOut = ordered.length - shown.length
    const lines = [
      ordered.length === 0 ? emptyText(state) : `${countOf(ordered.length, 'session')}:`,
      ...shown.map((session) => describeSession(session, context.now)),
    ]
    if (leftOut > 0) lines.push(`${countOf(leftOut, 'more session')} left out; pass a larger top, or a filter.`)
    if (unseen > 0)
      lines.push(
        `Only the newest ${sessions.length} sessions were looked at; ${countOf(unseen, 'older one')} ${plural(unseen, 'was', 'were')} not.`,
      )
    return {
      text: lines.join('\n'),
      data: compact({
        total: ordered.length,
        sessions: shown.map(toSessionData),
        left_out: leftOut || undefined,
        not_looked_at: unseen || undefined,
      }),
    }
  },
})

async function findByState(
  client: StateTrackingApiClient,
  state: State,
  names: { project: string | undefined; machine: string | undefined },
  context: ToolContext,
): Promise<FoundSessions> {
  if (state !== 'person') return findSessions(client, { ...names, status: statusesOf[state] }, context)
  const live = await findSessions(client, { ...names, status: ['active', 'stalled'] }, context)
  // There may be thousands of old failures, which need no one any more.
  const failed = await findSessions(client, { ...names, status: ['failed'], newest: MAX_FAILED }, context)
  return { sessions: [...live.sessions, ...failed.sessions], unseen: live.unseen }
}

function filterOf(state: State, { now }: ToolContext): (session: Session) => boolean {
  if (state === 'waiting') return ({ activity, not_seen_since }) => activity === 'waiting' && not_seen_since === undefined
  if (state !== 'person') return () => true
  return (session) =>
    needsPerson(session) && (session.completed_at === undefined || now - Date.parse(session.completed_at) < FAILURE_NEEDS_PERSON_MS)
}

function rangeFilter(range: string, context: ToolContext): (session: Session) => boolean {
  const { from, to } = boundsOf(spanOf(range, context), context.timezone)
  return ({ completed_at, started_at }) => {
    const at = Date.parse(completed_at ?? started_at)
    return at >= from && at < to
  }
}

const urgency = (session: Session) => (session.status === 'stalled' ? 1 : session.status === 'failed' ? 2 : needsPerson(session) ? 0 : 3)
const sinceOf = ({ waiting_since, completed_at, last_heartbeat }: Session) => waiting_since ?? completed_at ?? last_heartbeat

function sortSessions(sessions: readonly Session[], order: (typeof orders)[number]): Session[] {
  switch (order) {
    case 'urgent':
      return [...sessions].sort((a, b) => urgency(a) - urgency(b) || sinceOf(a).localeCompare(sinceOf(b)))
    case 'newest':
      return [...sessions].sort((a, b) => b.started_at.localeCompare(a.started_at))
    case 'oldest':
      return [...sessions].sort((a, b) => a.started_at.localeCompare(b.started_at))
    case 'dearest':
      return [...sessions].sort((a, b) => (b.claude_code?.cost_usd ?? 0) - (a.claude_code?.cost_usd ?? 0))
  }
}

function emptyText(state: State): string {
  return state === 'person' ? 'No session waits for a person.' : `No session matches${state === 'any' ? '' : ` (state ${state})`}.`
}
