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
  // Many answers are given in one millisecond, and writing it takes longer than most of what is in them.
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() }
  return last.text
}

let last = { ms: 0, text: new Date(0).toISOString() }
