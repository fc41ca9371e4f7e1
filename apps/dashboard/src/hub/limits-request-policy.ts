import { ApiClientError, systemClock } from '@signalbox/client'
import { createRequestPolicy } from './request-policy.ts'

/** One instance for the page: every card shares the circuit breaker of the one hub. */
export const limitsRequestPolicy = createRequestPolicy({
  isTransient: (error) => error instanceof ApiClientError && (error.status === undefined || error.status >= 500),
  now: () => performance.now(),
  wait: (milliseconds, signal) => systemClock.wait(milliseconds, signal),
})
