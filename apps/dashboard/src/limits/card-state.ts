import type { CurrentLimitReading, LineState, Problem } from '../hub/answer.ts'

/** Milliseconds after which a reading is old. */
export const STALE_AFTER = 15 * 60_000

/** What stands between the card and its numbers. */
export type Trouble =
  | { readonly kind: 'loading' }
  /** Nothing was ever read. */
  | { readonly kind: 'waiting'; readonly problem: Problem }
  | { readonly kind: 'retrying' }
  | { readonly kind: 'unavailable'; readonly problem: Problem }
  /** Milliseconds, as `performance.now()` counts them. */
  | { readonly kind: 'resting'; readonly trialAt: number }

interface Known {
  readonly line: LineState
  /** What the line's failure means; undefined when there is none. */
  readonly problem: Problem | undefined
  readonly reading: CurrentLimitReading | undefined
}

/** The first that is true, worst first; undefined when the hub answers. */
export function troubleOf({ line, problem, reading }: Known): Trouble | undefined {
  if (line.phase === 'open' && line.trialAt !== undefined) return { kind: 'resting', trialAt: line.trialAt }
  if (line.phase === 'retrying') return { kind: 'retrying' }
  if (problem !== undefined) return { kind: problem.nothing ? 'waiting' : 'unavailable', problem }
  return reading === undefined ? { kind: 'loading' } : undefined
}

/** Whole seconds until the line is tried again; 0 while it is. */
export function secondsLeft(trialAt: number, now: number): number {
  return Math.min(60, Math.max(0, Math.ceil((trialAt - now) / 1000)))
}

/** Why nothing newer is there, as the hub knows it. */
export type StaleReason = 'needs_login' | 'offline' | 'failing' | 'paused' | 'never_heard' | 'nothing_new'

export interface Stale {
  /** Milliseconds. */
  readonly age: number
  /** Undefined where the hub cannot be asked. */
  readonly reason: StaleReason | undefined
}

/** @param asked whether the hub's last answer is of now: what it said of a collector an hour ago explains nothing */
export function staleOf(reading: CurrentLimitReading, now: number, asked: boolean): Stale | undefined {
  const age = now - Date.parse(reading.lastUpdated)
  if (age <= STALE_AFTER) return undefined
  return { age, reason: asked ? reasonOf(reading) : undefined }
}

function reasonOf({ collector }: CurrentLimitReading): StaleReason {
  if (collector === undefined) return 'never_heard'
  // One that waits for a person would wait just as well when it is connected: that is to be mended first.
  if (collector.state === 'needs_login') return 'needs_login'
  if (!collector.connected) return 'offline'
  return collector.state === 'ok' ? 'nothing_new' : collector.state
}
