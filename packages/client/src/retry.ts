import { DelegateBackoff, handleWhen, type IRetryBackoffContext, type RetryPolicy, retry } from 'cockatiel'
import type { Clock } from './clock.ts'
import { ApiClientError } from './error.ts'

export interface RetryOptions {
  /** Tries after the first one; default 3. `Infinity` waits for the hub however long it is away. */
  readonly attempts?: number
  /** Milliseconds before the second try, doubled for each further one, give or take a quarter; default 1,000. */
  readonly baseDelay?: number
  /** The longest of these delays, in milliseconds; default 30,000. */
  readonly maxDelay?: number
  /** The longest `Retry-After` that is waited for, in milliseconds; beyond it the error is handed back at once. Default 60,000. */
  readonly maxRetryAfter?: number
}

/** Runs a request until it succeeds, fails for good, or has been tried often enough. */
export type Retrier = <T>(request: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>

/** @throws what the last try threw; the signal's reason when it was aborted, also in the middle of a wait. */
export function retrier(clock: Clock, options: RetryOptions = {}): Retrier {
  const { attempts = 3, baseDelay = 1000, maxDelay = 30_000, maxRetryAfter = 60_000 } = options
  const worthIt = handleWhen((error) => error instanceof ApiClientError && error.retryable && (error.retryAfter ?? 0) <= maxRetryAfter)

  return (request, signal) => {
    let delay = 0
    // The policy decides whether and how long; we do the waiting, because its own wait does not end on abort.
    const backoff = new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt, result }) => {
      const asked = 'error' in result && result.error instanceof ApiClientError ? result.error.retryAfter : undefined
      const backoff = Math.min(maxDelay, baseDelay * 2 ** (attempt - 1))
      delay = Math.max(asked ?? 0, backoff * (0.75 + clock.random() / 2))
      return 0
    })
    const policy: RetryPolicy = retry(worthIt, { maxAttempts: attempts, backoff })
    return policy.execute(async ({ attempt }) => {
      signal?.throwIfAborted()
      if (attempt > 0) await clock.wait(delay, signal)
      return request()
    }, signal)
  }
}

/** Whether the trouble may be over in a moment: that of the request itself is not, that of the hub or the way to it is. */
export function isWorthTryingSoon(error: unknown): error is ApiClientError {
  return error instanceof ApiClientError && (error.retryable || !error.byHub || (error.status ?? 0) >= 500)
}
