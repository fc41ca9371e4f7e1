import type { EventType } from '@signalbox/contract/event'

/** An event before its write is committed. */
export interface NewEvent {
  readonly event: EventType
  readonly data: Readonly<Record<string, unknown>>
}
