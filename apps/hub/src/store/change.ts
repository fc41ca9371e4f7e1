import type { NewAuditEntry } from './audit-entry.ts'
import type { Idempotency } from './idempotency.ts'

/** The instant of a write, in milliseconds, and its idempotency key where the request has one. */
export interface Change {
  readonly now: number
  readonly idempotency?: Idempotency | undefined
  /** The entry for the audit log, from the result of the write; it is stored with the write. */
  readonly audit?: ((result: unknown) => NewAuditEntry | undefined) | undefined
}

/** A row in the order of a list: its sort key, where the order has one besides the id, and its id. */
export interface ListPlace {
  readonly at: number
  readonly id: string
}

/** The rows of a list that a page has: those behind a place, or those after the first `offset`. */
export interface ListRange {
  readonly limit: number
  readonly offset: number
  readonly after?: ListPlace | undefined
}

export interface Page<T> {
  readonly rows: T[]
  /** The number of matching rows, regardless of the range. */
  readonly total: number
}
