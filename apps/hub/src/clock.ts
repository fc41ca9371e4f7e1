/** The time, handed in: one `now` per operation. */
export interface Clock {
  /** Milliseconds since 1970; may be set forward and back. */
  now(): number
  /** Milliseconds since some moment; only ever grows, and stands still while the machine sleeps. */
  monotonic(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** ISO 8601 UTC with milliseconds. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString()
}
