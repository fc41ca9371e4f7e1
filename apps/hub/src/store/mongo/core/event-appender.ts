import type { EventType } from '@signalbox/contract/event'

/** An event that is stored once, however often and by however many hubs it is appended. */
export interface CausedEvent {
  /** Identifies the event by its origin, such as an id and a revision: any hub that appends it uses the same cause. */
  readonly cause: string
  readonly event: EventType
  /** JSON, which preserves names of any kind. */
  readonly data: string
  /** Milliseconds. */
  readonly at: number
}

/** The event log, as writers see it. */
export interface EventAppender {
  /** Resolves when the events are stored and published. An event with a known cause is skipped. */
  append(events: readonly CausedEvent[]): Promise<void>
}
