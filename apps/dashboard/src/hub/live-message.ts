import type { LiveEvent } from '@signalbox/client'
import type { EventType } from '@signalbox/contract/event'

/** The place in an event log up to which all events are received. */
export interface LivePlace {
  /** The id of the last event. */
  readonly after?: number | undefined
  /** The store whose log the id is of: the ids of another store mean other events. */
  readonly storeId?: string | undefined
}

/**
 * What the tabs of a browser and the host of their event stream say to each other over a BroadcastChannel. A browser opens at
 * most six connections to a hub over HTTP/1.1, so one of them serves every tab.
 */
export type TabMessage =
  /** Asks for the state of the stream; the first one starts it. */
  | { readonly kind: 'join'; readonly tab: string; readonly types: readonly EventType[]; readonly place: LivePlace }
  /** Ends the pause before the next attempt. */
  | { readonly kind: 'retry' }
  /** The browser has another identity: the stream is opened again with it. */
  | { readonly kind: 'reopen' }

/** The state of the stream; `tab` is there in an answer to `join`, which is for that tab alone. */
export type HostState =
  | { readonly kind: 'connecting'; readonly tab?: string }
  /** An answer has the place up to which the host has sent events. */
  | { readonly kind: 'open'; readonly tab?: string; readonly place?: LivePlace }
  | { readonly kind: 'lost'; readonly tab?: string }
  /** The hub rejected the request; `code` is that of the error. */
  | { readonly kind: 'refused'; readonly code: string | undefined; readonly tab?: string }

export type HostMessage =
  | HostState
  /** An event or a gap, with the place after it. */
  | { readonly kind: 'event'; readonly event: LiveEvent; readonly place: LivePlace }
  /** Sent at the start and every `ALIVE_INTERVAL_MS`, so that the tabs notice a new host, and when there is none. */
  | { readonly kind: 'alive'; readonly host: string }

export const ALIVE_INTERVAL_MS = 10_000

/** `crypto.randomUUID` is missing on a page without https. */
export function newTabId(): string {
  return crypto.getRandomValues(new Uint32Array(2)).join('-')
}
