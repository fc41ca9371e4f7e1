/**
 * Makes a write idempotent: the store keeps its result for 24 hours, in the same commit as the write, and returns it
 * again for the same owner and key.
 * A write with the same key and another fingerprint throws `conflict`.
 */
export interface Idempotency {
  /** The client's identity: two clients may choose the same key. */
  readonly owner: string
  readonly key: string
  /** A hash of the request. */
  readonly fingerprint: string
  /** Set by the store when it returns a stored result. */
  replayed: boolean
}

/** The time for which the result of an idempotent write is stored. */
export const IDEMPOTENCY_TTL_MS = 86_400_000
