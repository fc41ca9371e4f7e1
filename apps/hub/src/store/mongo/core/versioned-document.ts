import type { EventType } from '@signalbox/contract/event'
import type { DocumentResult } from './document-idempotency.ts'

/** An event that is written with the change that causes it, and published to the event log afterwards. */
export interface OutboxEvent {
  /** The document's revision after the change. */
  readonly revision: number
  /** Its index among the events of the change. */
  readonly n: number
  readonly event: EventType
  /** JSON. */
  readonly data: string
  /** Milliseconds. */
  readonly at: number
}

/**
 * The part of a change that a concurrent change of another document may contradict. It is stored with the change until it
 * is verified. Each kind of document adds its own fields.
 */
export interface Provisional {
  /** Identifies the request, whose result is removed when the change is rolled back. */
  readonly mark?: string
}

/**
 * A document that is changed by compare-and-set of its revision, with all that its last changes have left to do. The field
 * names are the stored ones.
 */
export interface VersionedDocument<P extends Provisional = Provisional> {
  _id: string
  revision: number
  /** Events that are not published yet. */
  untold?: readonly OutboxEvent[]
  /** Provisional parts of changes, by `provisionalToken`; may be empty. */
  unsure?: Readonly<Record<string, P>>
  /** Ids that this document no longer uses, and whose claims are to be released. */
  let_go?: readonly string[]
  /** Set while `untold`, `unsure` or `let_go` is: recovery finds the document by it. */
  has_untold?: true
  /** The results of idempotent changes; see `DocumentResults`. */
  done?: readonly DocumentResult[]
  /** A removed document, which exists only until its events are published. */
  gone?: true
}

/** Finds documents for recovery; needed in every collection of versioned documents. */
export const recoveryIndex = { key: { has_untold: 1 }, name: 'has_untold' } as const

/** The token of the provisional part of the change that led to a revision. */
export function provisionalToken(revision: number): string {
  return `r${revision}`
}
