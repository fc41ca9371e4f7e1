/** The time, handed in; an operation reads `now` once. */
export interface Clock {
  /** Milliseconds since 1970; the clock may be set forward and back. */
  now(): number
  /** Milliseconds since an arbitrary moment; only grows, and stands still while the machine sleeps. */
  monotonic(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Formats an instant as ISO 8601 UTC with milliseconds. */
export function instantOf(ms: number): string {
  // Many answers have the same second, and formatting it takes longer than most of their content.
  const second = Math.floor(ms / 1000)
  if (second !== last.second) last = { second, text: new Date(second * 1000).toISOString().slice(0, -4) }
  return `${last.text}${String(ms - second * 1000).padStart(3, '0')}Z`
}

let last = { second: 0, text: '1970-01-01T00:00:00.' }
