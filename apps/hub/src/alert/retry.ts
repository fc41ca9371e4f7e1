import type { AttemptRecord } from '../store/alert.ts'

/** Waits after each failed attempt, in milliseconds; the last one repeats. */
const WAITS_MS = [5_000, 15_000, 45_000, 120_000, 300_000, 600_000]
const JITTER = 0.2
/** A peer that asks for a longer wait is asked again all the same. */
const LONGEST_WAIT_MS = 3_600_000
/** A peer that knows repeats by an id forgets it after this. */
const REMEMBERED_MS: Readonly<Record<string, number>> = { matrix: 30 * 60_000, ntfy: 12 * 3_600_000 }

/** @param failures so far, at least 1. @param random from 0 to 1 */
export function retryWait(failures: number, retryAfterMs: number | undefined, random: number): number {
  const wait = WAITS_MS[Math.min(failures, WAITS_MS.length) - 1]!
  const spread = Math.round(wait * (1 + JITTER * (2 * random - 1)))
  return Math.max(spread, Math.min(retryAfterMs ?? 0, LONGEST_WAIT_MS))
}

/**
 * Whether the next attempt may be a repeat that the peer cannot know: an earlier one has an unknown outcome, and the peer has no
 * key for it, or has forgotten it by now.
 */
export function mayBeRepeat(
  kind: string,
  repeat: 'same' | 'marked',
  attempts: readonly Pick<AttemptRecord, 'started_at' | 'outcome'>[],
  now: number,
): boolean {
  const unknown = attempts.filter(({ outcome }) => outcome === 'unknown')
  if (unknown.length === 0) return false
  if (repeat === 'marked') return true
  return unknown.some(({ started_at }) => now - started_at > (REMEMBERED_MS[kind] ?? Number.POSITIVE_INFINITY))
}
