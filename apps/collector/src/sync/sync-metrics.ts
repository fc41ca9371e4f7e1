import type { SyncMetrics as SyncMetricsStatus } from '@signalbox/contract/collector'
import type { SyncCategory } from './failure.ts'

/** One attempt to send a snapshot. */
export interface SyncAttempt {
  /** 0 for the first attempt of a snapshot; retries count from 1. */
  readonly retry: number
  /** Milliseconds. */
  readonly duration: number
  /** Undefined: the hub accepted it. */
  readonly failed: SyncCategory | undefined
}

const RECENT_ATTEMPTS = 10

/** Counts attempts, over the last ten and since the start. */
export class SyncMetrics {
  readonly #recent: SyncAttempt[] = []
  readonly #total = { attempts: 0, succeeded: 0, retries: 0, min: Number.POSITIVE_INFINITY, max: 0, sum: 0 }

  add(attempt: SyncAttempt): void {
    this.#recent.push(attempt)
    if (this.#recent.length > RECENT_ATTEMPTS) this.#recent.shift()
    const total = this.#total
    total.attempts++
    if (attempt.failed === undefined) total.succeeded++
    if (attempt.retry > 0) total.retries++
    total.min = Math.min(total.min, attempt.duration)
    total.max = Math.max(total.max, attempt.duration)
    total.sum += attempt.duration
  }

  lastTen(): SyncMetricsStatus {
    const durations = this.#recent.map(({ duration }) => duration)
    return toStatus({
      attempts: this.#recent.length,
      succeeded: this.#recent.filter(({ failed }) => failed === undefined).length,
      retries: this.#recent.filter(({ retry }) => retry > 0).length,
      min: Math.min(...durations),
      max: Math.max(...durations),
      sum: durations.reduce((sum, duration) => sum + duration, 0),
    })
  }

  sinceStart(): SyncMetricsStatus {
    return toStatus(this.#total)
  }
}

interface Counts {
  readonly attempts: number
  readonly succeeded: number
  readonly retries: number
  /** Durations in milliseconds. */
  readonly min: number
  readonly max: number
  readonly sum: number
}

function toStatus({ attempts, succeeded, retries, min, max, sum }: Counts): SyncMetricsStatus {
  if (attempts === 0) return { attempts, retries }
  const duration_ms = { min: Math.round(min), avg: Math.round(sum / attempts), max: Math.round(max) }
  return { attempts, success_rate: succeeded / attempts, retries, duration_ms }
}
