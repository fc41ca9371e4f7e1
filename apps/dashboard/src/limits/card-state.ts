import type { CurrentLimits, Problem, RequestState } from '../hub/answer.ts'
import { describeHeldLimits, STALE_AFTER_MS } from '../hub/limit-row.ts'

/** What the card shows instead of, or above, its numbers. */
export type CardProblem =
  | { readonly kind: 'loading' }
  /** The hub has no snapshot. */
  | { readonly kind: 'waiting'; readonly problem: Problem }
  | { readonly kind: 'retrying' }
  | { readonly kind: 'unavailable'; readonly problem: Problem }
  /** The circuit is open until `retryAt`, on the clock of `performance.now()`. */
  | { readonly kind: 'backoff'; readonly retryAt: number }

interface CardInput {
  readonly request: RequestState
  /** Undefined while the last request succeeded. */
  readonly problem: Problem | undefined
  readonly current: CurrentLimits | undefined
}

/** @returns the most severe problem, undefined when the hub responds */
export function toCardProblem({ request, problem, current }: CardInput): CardProblem | undefined {
  if (request.phase === 'open' && request.retryAt !== undefined) return { kind: 'backoff', retryAt: request.retryAt }
  if (request.phase === 'retrying') return { kind: 'retrying' }
  if (problem !== undefined) return { kind: problem.notFound ? 'waiting' : 'unavailable', problem }
  return current === undefined ? { kind: 'loading' } : undefined
}

/** Whole seconds until the next attempt; 0 while it runs. */
export function secondsUntil(retryAt: number, now: number): number {
  return Math.min(60, Math.max(0, Math.ceil((retryAt - now) / 1000)))
}

/** Why there is no newer snapshot, as far as the hub knows. */
export type StaleReason = 'needs_login' | 'offline' | 'clock' | 'failing' | 'paused' | 'never_seen' | 'nothing_new'

export interface Staleness {
  readonly ageMs: number
  /** Undefined while the hub cannot be asked. */
  readonly reason: StaleReason | undefined
}

/** @param isFresh whether `limits` is the hub's latest response: the state of a collector an hour ago explains nothing */
export function toStaleness(limits: CurrentLimits, now: number, isFresh: boolean): Staleness | undefined {
  const ageMs = now - Date.parse(limits.lastUpdated)
  if (ageMs <= STALE_AFTER_MS) return undefined
  return { ageMs, reason: isFresh ? toStaleReason(limits) : undefined }
}

function toStaleReason({ collector }: CurrentLimits): StaleReason {
  if (collector === undefined) return 'never_seen'
  // Before `offline`: reconnecting the collector would not help until someone signs in.
  if (collector.state === 'needs_login') return 'needs_login'
  if (!collector.connected) return 'offline'
  if (describeHeldLimits(collector) !== undefined) return 'clock'
  return collector.state === 'ok' ? 'nothing_new' : collector.state
}
