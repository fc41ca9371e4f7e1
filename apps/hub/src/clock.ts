/** The time, handed in: one `now` per operation. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** ISO 8601 UTC with milliseconds. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString()
}
