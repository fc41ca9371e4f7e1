import type { HubEvent } from '@signalbox/client'
import type { EventType } from '@signalbox/contract/event'
import { countOf } from '@signalbox/contract/plural'
import { usageRangeSchema } from '@signalbox/contract/usage-range'
import { lastSegment } from '@signalbox/usage/name-form'
import { addDays, localDay, parseSince } from '@signalbox/usage/zone'
import { z } from 'zod'
import { findMachineId, findSession, machineArgument, projectArgument, sessionArgument } from '../find-session.ts'
import { compact, formatMoment, instantOf, shorten } from '../format.ts'
import { matchesName } from '../match-name.ts'
import { boundsOf, spanOf } from '../range.ts'
import { defineTool, type ToolContext } from '../tool.ts'

const subjects = {
  session: ['session.created', 'session.status'],
  task: ['task.created', 'task.status'],
  machine: ['machine.created', 'machine.status', 'machine.removed'],
  alert: ['alert.opened', 'alert.closed', 'alerts.paused', 'alerts.resumed'],
} as const satisfies Record<string, readonly EventType[]>
type Subject = keyof typeof subjects
const DEFAULT_ROWS = 15
/** The newest events that one call looks through. */
const PAGE = 1000
/** The hours of the evening and the morning between which a night is. */
const NIGHT = { from: 18, to: 8 }

export const eventsList = defineTool({
  name: 'events_list',
  title: 'What happened',
  description:
    'What happened in a span of time: sessions that began, ended, failed or stalled, tasks, machines that came and went, alerts. Counts first, ' +
    'then the newest events. Use it for "what happened last night" and "what did I miss". The log of a hub is kept for some days only.',
  input: z.strictObject({
    range: z.union([usageRangeSchema, z.literal('last_night')]).describe('As of usage_report, or last_night (18:00 to 8:00).'),
    about: z.enum(Object.keys(subjects) as [Subject, ...Subject[]]).optional(),
    session: sessionArgument,
    project: projectArgument,
    machine: machineArgument,
    top: z.int().min(1).max(100).optional().describe('The most events; default 15.'),
  }),
  scope: 'read',
  async run(client, { range, about, session, project, machine, top = DEFAULT_ROWS }, context) {
    const { signal, timezone } = context
    const { from, to } = range === 'last_night' ? lastNight(context) : boundsOf(spanOf(range, context), timezone)
    const types = about === undefined ? Object.values(subjects).flat() : subjects[about]
    const span = compact({
      since: from === Number.NEGATIVE_INFINITY ? undefined : instantOf(from),
      until: to === Number.POSITIVE_INFINITY ? undefined : instantOf(to),
    })
    const events = await client.listEvents(
      compact({
        ...span,
        types: [...types],
        session_id: session === undefined ? undefined : (await findSession(client, { session }, context)).session_id,
        machine_id: machine === undefined ? undefined : await findMachineId(client, machine, signal),
        limit: PAGE,
      }),
      { signal },
    )
    const matching =
      project === undefined
        ? events
        : events.filter(({ data }) => typeof data.project_id === 'string' && matchesName(data.project_id, project))
    const counts = new Map<string, number>()
    for (const event of matching) counts.set(kindOf(event), (counts.get(kindOf(event)) ?? 0) + 1)
    const shown = matching.slice(-top).reverse()
    const lines = [
      matching.length === 0
        ? `Nothing happened in ${range}.`
        : `${countOf(matching.length, 'event')} in ${range}: ${[...counts]
            .sort((a, b) => b[1] - a[1])
            .map(([kind, count]) => `${count} × ${kind}`)
            .join(', ')}.`,
      ...shown.map((event) => describeEvent(event, timezone)),
    ]
    if (events.length === PAGE) lines.push(`Only the newest ${PAGE} events were looked at.`)
    return {
      text: lines.join('\n'),
      data: { range, ...span, total: matching.length, counts: Object.fromEntries(counts), events: shown.map(toData) },
    }
  },
})

/** The night that is over, or the one that goes on. */
function lastNight({ now, timezone }: ToolContext): { from: number; to: number } {
  const today = localDay(timezone, now)
  const hour = 3_600_000
  return {
    from: parseSince(timezone, addDays(today, -1)) + NIGHT.from * hour,
    to: Math.min(now, parseSince(timezone, today) + NIGHT.to * hour),
  }
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const toStatus = ({ data }: HubEvent) => textOf(data.to) ?? textOf(data.status)

/** `session failed`, `machine created`. */
function kindOf(event: HubEvent): string {
  const [noun, verb] = event.event.split('.') as [string, string]
  return `${noun} ${verb === 'status' ? (toStatus(event) ?? 'changed') : verb}`
}

function describeEvent(event: HubEvent, timezone: string): string {
  const { data, at } = event
  const project = textOf(data.project_id)
  const about = [
    project === undefined ? undefined : lastSegment(project),
    textOf(data.task_name) ?? textOf(data.title),
    textOf(data.machine_id),
  ].filter((part) => part !== undefined)
  const id = textOf(data.session_id)
  const reason = textOf(data.reason)
  return `${formatMoment(Date.parse(at), timezone)} ${kindOf(event)}${about.length === 0 ? '' : `: ${shorten(about.join(', '), 120)}`}${reason === undefined ? '' : ` (${shorten(reason, 120)})`}${id === undefined ? '' : ` [${id.slice(0, 8)}]`}`
}

function toData(event: HubEvent) {
  const { data, at } = event
  return compact({
    at,
    kind: kindOf(event),
    session_id: textOf(data.session_id),
    project: textOf(data.project_id),
    machine: textOf(data.machine_id),
    task_name: data.task_name === undefined ? undefined : shorten(String(data.task_name), 200),
    reason: data.reason === undefined ? undefined : shorten(String(data.reason), 200),
  })
}
