import type { EventType } from '@signalbox/contract/event'
import type { EventQuery } from '../hub/event-log.ts'

/** What events are about, with their types. */
export const eventNouns = {
  sessions: ['session.created', 'session.updated', 'session.status'],
  tasks: ['task.created', 'task.updated', 'task.status'],
  machines: ['machine.created', 'machine.updated', 'machine.status', 'machine.removed'],
  usage: ['usage.updated'],
  limits: ['limits.snapshot', 'limits.trigger', 'limits.account'],
  alerts: ['alert.opened', 'alert.closed', 'alert.updated', 'alerts.paused', 'alerts.resumed', 'channel.status'],
  questions: ['question.asked', 'question.answered', 'question.ended'],
  budgets: ['budget.changed'],
  hub: ['monitor.paused', 'monitor.resumed', 'data.deleted', 'view.changed'],
} as const satisfies Record<string, readonly EventType[]>
export type EventNoun = keyof typeof eventNouns

export const eventSpans = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000 } as const
export type EventSpanName = keyof typeof eventSpans

/** Query parameters of the events screen. */
export interface EventSearch {
  about?: EventNoun
  machine?: string
  project?: string
  session?: string
  /** Only so far back; as far as the log goes when absent. */
  last?: EventSpanName
}

/** Invalid parameters are dropped, so that an old or mistyped link still opens. */
export function readEventSearch(search: Record<string, unknown>): EventSearch {
  const found: EventSearch = {}
  if (typeof search.about === 'string' && Object.hasOwn(eventNouns, search.about)) found.about = search.about as EventNoun
  if (typeof search.last === 'string' && Object.hasOwn(eventSpans, search.last)) found.last = search.last as EventSpanName
  for (const name of ['machine', 'project', 'session'] as const) {
    const value = search[name]
    if (typeof value === 'string' && value !== '' && value.length <= 200) found[name] = value
  }
  return found
}

/** @param since when `last` begins, as ISO 8601 */
export function toEventQuery({ about, machine, project, session }: EventSearch, since: string | undefined): EventQuery {
  return {
    ...(about === undefined ? {} : { types: [...eventNouns[about]] }),
    ...(machine === undefined ? {} : { machine_id: machine }),
    ...(project === undefined ? {} : { project_id: project }),
    ...(session === undefined ? {} : { session_id: session }),
    ...(since === undefined ? {} : { since }),
  }
}
