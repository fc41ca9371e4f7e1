import { type Clock, UnreadableResponseError } from '@signalbox/client'
import { backoffDelay, retry } from '@signalbox/client/retry'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import { type LimitSnapshot, snapshotBodyOf } from '@signalbox/usage/limit-snapshot'
import type { WakeSignal } from '../wake-signal.ts'
import { isRetryable, toSyncCategory } from './failure.ts'
import type { HubTarget } from './hub-target.ts'
import type { SyncAttempt } from './sync-metrics.ts'

export interface SnapshotSyncOptions {
  readonly hub: HubTarget
  /** The collector's own health, which is sent with each snapshot. */
  readonly health: () => CollectorHealth | undefined
  readonly clock: Clock
  /** Ends the delay before a retry. */
  readonly retryNow: WakeSignal
  /** Called after each attempt. */
  readonly attempted?: (attempt: SyncAttempt, snapshot: LimitSnapshot) => void
}

export interface SendOptions {
  /** The snapshot's idempotency key: the hub stores repeated requests once. */
  readonly idempotencyKey?: string
  readonly signal: AbortSignal
}

const MAX_RETRIES = 3
const BACKOFF = { baseDelay: 10_000, maxDelay: 40_000, jitter: 0 }
/** With a longer `Retry-After` the attempt fails at once, and the delivery waits. */
const MAX_RETRY_AFTER_MS = 60_000

/** Posts snapshots of plan limits to the hub. */
export class SnapshotSync {
  readonly hub: HubTarget
  readonly #options: SnapshotSyncOptions

  constructor(options: SnapshotSyncOptions) {
    this.hub = options.hub
    this.#options = options
  }

  /** Milliseconds since 1970, by the clock of this machine. */
  now(): number {
    return this.#options.clock.now()
  }

  /** Posts a snapshot in a single attempt. @returns its version on the hub @throws ApiClientError, or the signal's reason */
  syncToEC2(snapshot: LimitSnapshot, options: SendOptions): Promise<number> {
    return this.#attempt(snapshot, options, 0)
  }

  /**
   * Posts a snapshot with up to three retries.
   * @returns its version on the hub @throws ApiClientError of the last attempt, or the signal's reason
   */
  syncWithRetry(snapshot: LimitSnapshot, options: SendOptions): Promise<number> {
    const { retryNow, clock } = this.#options
    const { signal } = options
    return retry((failures) => this.#attempt(snapshot, options, failures), {
      delay: (error, failures) => this.#delay(error, failures),
      wait: (milliseconds) => retryNow.waitAtMost(milliseconds, signal, clock),
      signal,
    })
  }

  #delay(error: unknown, failures: number): number | undefined {
    if (failures > MAX_RETRIES || !isRetryable(toSyncCategory(error))) return undefined
    const { retryAfter = 0 } = error as { retryAfter?: number }
    if (retryAfter > MAX_RETRY_AFTER_MS) return undefined
    return Math.max(retryAfter, backoffDelay(failures, BACKOFF, this.#options.clock))
  }

  async #attempt(snapshot: LimitSnapshot, { idempotencyKey, signal }: SendOptions, retries: number): Promise<number> {
    const { health, attempted } = this.#options
    const started = performance.now()
    const report = (failed: SyncAttempt['failed']) =>
      attempted?.({ retry: retries, duration: performance.now() - started, failed }, snapshot)
    const collector = health()
    const body = {
      ...snapshotBodyOf(snapshot),
      ...(collector === undefined ? {} : { collector }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    }
    try {
      const stored = await this.hub.client.createLimitSnapshot(body, { signal })
      if (stored?.success !== true) {
        throw new UnreadableResponseError('the server responded, but did not confirm the snapshot.', { code: 'unreadable_response' })
      }
      report(undefined)
      return Number(stored.version)
    } catch (error) {
      if (!signal.aborted) report(toSyncCategory(error))
      throw error
    }
  }
}
