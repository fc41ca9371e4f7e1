import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { Severity } from '../rule/rule-kind.ts'

/** One line of a message: an alert that opened, closed, or is repeated. */
export interface MessageItem {
  readonly alert_id: string
  readonly what: 'opened' | 'closed' | 'reminder' | 'escalated' | 'acknowledged' | 'flapping'
  readonly kind: string
  readonly severity: Severity
  /** One line. */
  readonly summary: string
  /** When it became true, in milliseconds. */
  readonly occurred_at: number
  /** Of a closed alert: how long it was open, in milliseconds. */
  readonly open_for_ms?: number
  readonly about: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, string | number | boolean>>
  /** The alert's page at the hub. */
  readonly url?: string
  /** A one-use link that acknowledges the alert after a confirmation. */
  readonly acknowledge_url?: string
  /** What else a reader can do about it, such as to answer what a session asks. */
  readonly action?: { readonly label: string; readonly url: string }
}

/** What leaves for a channel: one or more items. A kind cuts it to its peer's limits and escapes it for its peer's markup. */
export interface Message {
  /** The same on every attempt: the key by which a peer knows a repeat. */
  readonly id: string
  /** One line. */
  readonly title: string
  /** At most ten; `more` are not listed. */
  readonly items: readonly MessageItem[]
  readonly more: number
  readonly severity: Severity
  /** Lines besides the items, such as how many messages could not be sent before. */
  readonly notes: readonly string[]
  /** The earlier attempt may have arrived and the peer cannot know a repeat: the text has to say so. */
  readonly may_be_repeat: boolean
  /** The list of alerts at the hub. */
  readonly url?: string
  /** A trial from the settings. */
  readonly test?: boolean
}

/** What a peer answered. */
export interface Receipt {
  /** The peer's own id of the message, where it has one. */
  readonly id?: string
  readonly status?: number
  /** At most 200 characters of the answer. */
  readonly said?: string
}

export type SendOutcome<Config> =
  | { readonly outcome: 'sent'; readonly receipt: Receipt; readonly config?: Config }
  /** Temporary. @property retry_after_ms as the peer asks for */
  | { readonly outcome: 'failed'; readonly reason: string; readonly receipt?: Receipt; readonly retry_after_ms?: number }
  /** For good: the channel is broken until a person mends it. @property gone the address itself is gone: remove it */
  | { readonly outcome: 'refused'; readonly reason: string; readonly receipt?: Receipt; readonly gone?: boolean }

/** A way out that checks the address at the moment of connecting; see `wire.ts`. */
export interface Wire {
  request(request: WireRequest, signal: AbortSignal): Promise<WireAnswer>
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** @property body at most 64 KiB */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A kind of channel; one file each, listed in `channel-list.ts`. Its configuration's schema is in the contract. */
export interface ChannelKind<Config> {
  readonly kind: ChannelKindName
  /** `same`: the peer knows a repeat by the message's id. `marked`: it cannot, so a repeat says that it may be one. */
  readonly repeat: 'same' | 'marked'
  /** Bucket: as many messages at once, and one more each so many milliseconds. */
  readonly rate: { readonly burst: number; readonly per_ms: number }
  /** Its peer keeps each alert by itself: a message has one item, and `more` is 0. Others gather up to ten. */
  readonly one_by_one?: boolean
  /** @throws never for what a peer does: every answer and every error is an outcome; only for an aborted signal */
  send(message: Message, config: Config, wire: Wire, signal: AbortSignal): Promise<SendOutcome<Config>>
}
