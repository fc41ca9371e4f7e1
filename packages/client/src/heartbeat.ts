import type { Heartbeat, HeartbeatResponse } from '@signalbox/contract/session-heartbeat'
import type { Clock } from './clock.ts'
import { ApiClientError, ValidationError } from './error.ts'
import type { Http } from './http.ts'
import { backoffDelay, isTransient } from './retry.ts'

export interface HeartbeatOptions {
  /**
   * The attempt of the session that the heartbeats are for, as create and recover have answered: when the session is
   * recovered, they end. Without it they count for any attempt.
   */
  readonly attempt?: number | undefined
  /**
   * Milliseconds between two heartbeats; default 60,000. The hub is sent an interval between 5,000 and 600,000 and marks the
   * session as stalled after three missed ones; for others it uses its own threshold, five minutes by default.
   */
  readonly intervalMs?: number | undefined
  /** The content of each heartbeat; a function is called for each one. */
  readonly body?: Heartbeat | (() => Heartbeat) | undefined
  /** Stops the heartbeats, like `stop`. */
  readonly signal?: AbortSignal | undefined
  readonly onHeartbeat?: ((answer: HeartbeatResponse) => void) | undefined
  /** Called for every failed heartbeat: `failures` in a row so far, retried in `retryIn` milliseconds. */
  readonly onError?: ((error: Error, state: HeartbeatFailure) => void) | undefined
  /** Called once when the loop stops by itself. */
  readonly onEnd?: ((end: HeartbeatEnd) => void) | undefined
}

export interface HeartbeatFailure {
  readonly failures: number
  readonly retryIn: number
}

export interface HeartbeatEnd {
  /**
   * `ended`: the session has ended. `superseded`: it was recovered, and is another attempt by now. `gone`: there is no such
   * session. `refused`: the key is refused.
   */
  readonly reason: 'ended' | 'superseded' | 'gone' | 'refused'
  readonly error: ApiClientError
}

export interface HeartbeatLoop {
  /** Sends no further heartbeat, aborts one in flight, and calls no further callback. */
  stop(): void
}

const DEFAULT_INTERVAL_MS = 60_000
const FIRST_RETRY_DELAY_MS = 1000
/** Short, so that the hub receives a heartbeat soon after an outage. */
const MAX_RETRY_DELAY_MS = 10_000
/** Timers with a longer delay fire at once. */
const MAX_TIMER_MS = 2_147_483_647

/** Sends heartbeats at once and then at the interval, one at a time, until stopped. Never throws, never keeps a process alive. */
export function startHeartbeats(http: Http, clock: Clock, sessionId: string, options: HeartbeatOptions): HeartbeatLoop {
  const { attempt, intervalMs = DEFAULT_INTERVAL_MS, body = {}, signal, onHeartbeat, onError, onEnd } = options
  const interval = intervalMs > 0 ? Math.min(intervalMs, MAX_TIMER_MS) : DEFAULT_INTERVAL_MS
  const ending = new AbortController()
  const stop = () => {
    signal?.removeEventListener('abort', stop)
    ending.abort()
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  /** Sent until the hub has it. */
  let intervalField = toIntervalField(interval)
  let failures = 0

  /** @returns milliseconds until the next heartbeat; undefined when the loop has ended */
  const sendHeartbeat = async (): Promise<number | undefined> => {
    const started = clock.now()
    try {
      const content = typeof body === 'function' ? body() : body
      const answer = await http.send<HeartbeatResponse>({
        method: 'POST',
        path: '/sessions/:id/heartbeat',
        id: sessionId,
        body: { ...toAttemptField(attempt), ...intervalField, ...content },
        // The next heartbeat is the retry.
        retry: false,
        signal: ending.signal,
      })
      if (ending.signal.aborted) return undefined
      intervalField = {}
      failures = 0
      onHeartbeat?.(answer)
    } catch (error) {
      if (ending.signal.aborted) return undefined
      const reason = toEndReason(error)
      if (reason !== undefined) {
        stop()
        ignoreErrors(() => onEnd?.({ reason, error: error as ApiClientError }))
        return undefined
      }
      const retryIn = retryDelay(error, ++failures)
      ignoreErrors(() => onError?.(error instanceof Error ? error : new Error(String(error)), { failures, retryIn }))
      return retryIn
    }
    // The interval counts from the start of the heartbeat; a clock that was set does not make it longer.
    return Math.min(interval, Math.max(0, started + interval - clock.now()))
  }

  const backoff = { baseDelay: FIRST_RETRY_DELAY_MS, maxDelay: Math.min(interval, MAX_RETRY_DELAY_MS) }
  const retryDelay = (error: unknown, failures: number): number => {
    if (!isTransient(error)) return interval
    return Math.min(MAX_TIMER_MS, Math.round(Math.max(error.retryAfter ?? 0, backoffDelay(failures, backoff, clock))))
  }

  const run = async () => {
    while (!ending.signal.aborted) {
      const delay = await sendHeartbeat()
      if (delay === undefined) return
      await clock.wait(delay, ending.signal, { idle: true })
    }
  }
  // Only an aborted wait rejects.
  run().catch(() => {})
  return { stop }
}

/** The interval as a field of a heartbeat, when the hub accepts it. */
export function toIntervalField(interval: number): { heartbeat_interval_ms?: number } {
  return Number.isInteger(interval) && interval >= 5_000 && interval <= 600_000 ? { heartbeat_interval_ms: interval } : {}
}

/** The attempt as a field of a request. Without one there is no field: hubs of earlier versions refuse it. */
export function toAttemptField(attempt: number | undefined): { attempt?: number } {
  return attempt === undefined ? {} : { attempt }
}

function toEndReason(error: unknown): HeartbeatEnd['reason'] | undefined {
  // The id cannot be part of an address.
  if (error instanceof ValidationError && error.status === undefined) return 'gone'
  if (!(error instanceof ApiClientError) || !error.byHub) return undefined
  if (error.code === 'attempt_superseded') return 'superseded'
  if (error.status === 409) return 'ended'
  if (error.status === 404) return 'gone'
  // The key of a client never changes, and the hub counts refused keys against the whole address.
  if (error.status === 401 || error.status === 403) return 'refused'
  return undefined
}

/** An error in a callback of the caller must not end the loop or the process. */
function ignoreErrors(callback: () => void): void {
  try {
    callback()
  } catch {
    // There is no one to report it to.
  }
}
