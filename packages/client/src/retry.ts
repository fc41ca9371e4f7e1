import type { Clock } from './clock.ts'
import { ApiClientError } from './error.ts'

export interface RetryOptions {
  /** Retries after the first attempt; default 3. `Infinity` retries until the hub is back. */
  readonly attempts?: number
  /** Milliseconds before the first retry, doubled for each further one, with 25 % jitter; default 1,000. */
  readonly baseDelay?: number
  /** The longest of these delays, in milliseconds; default 30,000. */
  readonly maxDelay?: number
  /** The longest `Retry-After` that is waited for, in milliseconds; a longer one rejects at once. Default 60,000. */
  readonly maxRetryAfter?: number
}

/** An exponential backoff; delays in milliseconds. */
export interface Backoff {
  /** The first delay; it doubles with each failure. */
  readonly baseDelay: number
  readonly maxDelay: number
  /** The share by which a delay is randomly shorter or longer; default 0.25. */
  readonly jitter?: number
}

/** The delay after this many failures in a row, in milliseconds. */
export function backoffDelay(failures: number, { baseDelay, maxDelay, jitter = 0.25 }: Backoff, clock: Pick<Clock, 'random'>): number {
  return Math.min(maxDelay, baseDelay * 2 ** (failures - 1)) * (1 + jitter * (2 * clock.random() - 1))
}

export interface RetryLoop {
  /** Milliseconds until the next attempt after this many failures in a row; undefined gives up and throws the error. */
  readonly delay: (error: unknown, failures: number) => number | undefined
  /** Waits before a retry; may end early. */
  readonly wait: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal | undefined
}

/**
 * Repeats `attempt` until it succeeds or `delay` gives up; `attempt` receives the number of failures so far.
 * @throws the error of the last attempt; the signal's reason when it was aborted
 */
export async function retry<T>(attempt: (failures: number) => Promise<T>, { delay, wait, signal }: RetryLoop): Promise<T> {
  for (let failures = 0; ; ) {
    signal?.throwIfAborted()
    try {
      return await attempt(failures)
    } catch (error) {
      signal?.throwIfAborted()
      const milliseconds = delay(error, ++failures)
      if (milliseconds === undefined) throw error
      await wait(milliseconds)
    }
  }
}

/** Runs a request until it succeeds, fails permanently, or has no retries left. */
export type Retrier = <T>(request: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>

/** @throws the error of the last attempt; the signal's reason when it was aborted, also during a delay. */
export function createRetrier(clock: Clock, options: RetryOptions = {}): Retrier {
  const { attempts = 3, baseDelay = 1000, maxDelay = 30_000, maxRetryAfter = 60_000 } = options
  const delay = (error: unknown, failures: number) => {
    if (failures > attempts || !(error instanceof ApiClientError) || !error.retryable) return undefined
    const { retryAfter = 0 } = error
    return retryAfter > maxRetryAfter ? undefined : Math.max(retryAfter, backoffDelay(failures, { baseDelay, maxDelay }, clock))
  }
  return (request, signal) => retry(request, { delay, wait: (milliseconds) => clock.wait(milliseconds, signal), signal })
}

/** Whether the cause may pass soon: an error of the connection, a proxy or the hub itself, not one of the request. */
export function isTransient(error: unknown): error is ApiClientError {
  return error instanceof ApiClientError && (error.retryable || !error.byHub || (error.status ?? 0) >= 500)
}
