import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { NewEvent } from '../event/new-event.ts'
import type { Change } from './change.ts'

export interface EventFilter {
  readonly types?: readonly EventType[] | undefined
  readonly session_id?: string | undefined
  readonly project_id?: string | undefined
  readonly machine_id?: string | undefined
}

/** Milliseconds since 1970: from `since` on, and before `until`. */
export interface EventSpan {
  readonly since?: number | undefined
  readonly until?: number | undefined
}

export interface EventStore {
  /** Adds events that are about the hub itself and belong to no other write. */
  append(events: readonly NewEvent[], change: Change): Promise<void>
  /** The oldest events after an id, in the order of their ids. */
  page(query: EventFilter & EventSpan & { after: number; limit: number }): Promise<HubEvent[]>
  /** The newest events, or the newest before an id, in the order of their ids. */
  latest(query: EventFilter & EventSpan & { before?: number | undefined; limit: number }): Promise<HubEvent[]>
  /** The id of the oldest stored event and the last id ever used; 0 where there is none. */
  bounds(): Promise<{ first: number; last: number }>
  /** Calls back with the events of each commit, in the order of their ids. @returns a function that unsubscribes */
  listen(listener: (events: readonly HubEvent[]) => void): () => void
}

/** The event log's limits: an event is removed when it exceeds either of them. */
export const EVENT_RETENTION_MS = 30 * 86_400_000

export const MAX_STORED_EVENTS = 100_000
