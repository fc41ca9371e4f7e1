import type { Clock } from '@signalbox/client'
import { backoffDelay, retry } from '@signalbox/client/retry'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import type { CollectorPoll } from '@signalbox/contract/collector-poll'
import { COLLECTOR_WAIT_MS } from '@signalbox/contract/limit-source'
import type { WakeSignal } from '../wake-signal.ts'
import type { SyncFailure } from './failure.ts'
import type { HubTarget } from './hub-target.ts'
import { waitForNextPoll } from './poll-interval.ts'

export interface LongPollOptions {
  readonly hub: HubTarget
  readonly machineId: string
  readonly health: () => CollectorHealth
  /** Notified when the health may have changed. */
  readonly healthChanged: WakeSignal
  /** Ends the delay before a retry. */
  readonly retryNow: WakeSignal
  /** Takes a snapshot; resolves when it has been sent to the hub, or with the reason why there is none. */
  readonly readNow: () => Promise<{ readonly ok: boolean; readonly message?: string }>
  readonly clock: Clock
  readonly observer: LongPollObserver
  /** Milliseconds that the hub may hold a request; for tests. */
  readonly waitMs?: number
  /** Milliseconds between two requests without work; for tests. */
  readonly minIntervalMs?: number
}

export interface LongPollObserver {
  /** The hub has responded. */
  reached(): void
  /** The hub requests a snapshot. */
  triggered(id: string): void
  /** `retryIn`: milliseconds until the next attempt. */
  failed(failure: SyncFailure, retryIn: number): void
}

/** The outcome of a trigger. */
type TriggerResult = NonNullable<CollectorPoll['triggers']>[number]

const BACKOFF = { baseDelay: 1_000, maxDelay: 60_000 }
/** The delay while only a person can fix the failure. */
const SLOW_RETRY_MS = 300_000
/** Keeps the request rate low with a hub that does not hold requests. */
const MIN_INTERVAL_MS = 1_000
/** The hub's limits for one request. */
const MAX_RESULTS = 100
const MAX_MESSAGE_LENGTH = 2_000

/**
 * Reports the collector's health to the hub and waits there for triggers, until the signal is aborted; errors are reported
 * and retried. One request is held by the hub at a time, and changes of the health are sent beside it: a held request is not
 * aborted, because its response may be a trigger.
 */
export class LongPoll {
  readonly #options: LongPollOptions
  readonly #minIntervalMs: number
  #results: TriggerResult[] = []
  /** The health that the hub was last sent. */
  #sentHealth = ''
  /** A request is in flight or held; without one, the next request will send everything anyway. */
  #polling = false

  constructor(options: LongPollOptions) {
    this.#options = options
    this.#minIntervalMs = options.minIntervalMs ?? MIN_INTERVAL_MS
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#poll(signal), this.#sendChanges(signal)])
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { clock, retryNow } = this.#options
    try {
      while (!signal.aborted) {
        await retry((failures) => this.#pollOnce(failures > 0, signal), {
          delay: (error, failures) => this.#fail(error, failures),
          wait: (milliseconds) => retryNow.waitAtMost(milliseconds, signal, clock),
          signal,
        })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** @param failing the hub was unreachable: then it should respond at once, so that its return is noticed */
  async #pollOnce(failing: boolean, signal: AbortSignal): Promise<void> {
    const { clock, observer, waitMs = COLLECTOR_WAIT_MS } = this.#options
    const started = clock.now()
    this.#polling = true
    const { triggered, askAgainInMs } = await this.#request(failing ? 0 : waitMs, signal)
    observer.reached()
    if (!triggered && !failing) await waitForNextPoll(clock, { started, minIntervalMs: this.#minIntervalMs, askAgainInMs }, signal)
  }

  /** @returns the delay before the next attempt */
  #fail(error: unknown, failures: number): number {
    const { hub, clock, observer } = this.#options
    this.#polling = false
    const failure = hub.describeFailure(error)
    const retryIn = Math.max(failure.retryAfter ?? 0, failure.slow ? SLOW_RETRY_MS : backoffDelay(failures, BACKOFF, clock))
    observer.failed(failure, retryIn)
    return retryIn
  }

  /** Sends changes of the health and results of triggers at once, while another request is held. */
  async #sendChanges(signal: AbortSignal): Promise<void> {
    const { healthChanged, clock } = this.#options
    while (!signal.aborted) {
      await healthChanged.wait(signal)
      if (signal.aborted) return
      if (!this.#polling || (this.#results.length === 0 && this.#summarizeHealth() === this.#sentHealth)) continue
      try {
        await this.#request(0, signal)
      } catch {
        // The held request may still be open, so the changes are sent again.
        healthChanged.notify()
      }
      // Changes within this time are sent together.
      await clock.wait(this.#minIntervalMs, signal).catch(() => {})
    }
  }

  /** Sends one request. @returns whether the hub requests a snapshot, and when it wants to be asked again @throws ApiClientError, or the signal's reason */
  async #request(waitMs: number, signal: AbortSignal): Promise<{ triggered: boolean; askAgainInMs?: number }> {
    const { hub, machineId, health, observer } = this.#options
    this.#sentHealth = this.#summarizeHealth()
    const triggers = this.#results.slice(0, MAX_RESULTS)
    // Results in flight must not be sent twice.
    this.#results = this.#results.slice(MAX_RESULTS)
    try {
      const work = await hub.client.waitForLimitWork(
        { machine_id: machineId, collector: health(), ...(triggers.length === 0 ? {} : { triggers }), waitMs },
        { signal },
      )
      const id: unknown = work?.trigger?.id
      const askAgain: unknown = work?.askAgainInMs
      const again = typeof askAgain === 'number' ? { askAgainInMs: askAgain } : {}
      if (typeof id !== 'string') return { triggered: false, ...again }
      observer.triggered(id)
      void this.#runTrigger(id)
      return { triggered: true, ...again }
    } catch (error) {
      this.#results = [...triggers, ...this.#results]
      this.#sentHealth = ''
      throw error
    }
  }

  async #runTrigger(id: string): Promise<void> {
    const { readNow, healthChanged } = this.#options
    const { ok, message } = await readNow().catch((error: Error) => ({ ok: false, message: error.message }))
    const details = ok || message === undefined || message === '' ? {} : { message: message.slice(0, MAX_MESSAGE_LENGTH) }
    this.#results.push({ id, step: ok ? 'done' : 'failed', ...details })
    healthChanged.notify()
  }

  /** The parts of the health that are worth a request of their own; new snapshots reach the hub anyway. */
  #summarizeHealth(): string {
    const { state, lastError, consecutiveFailures, nextAttemptAt } = this.#options.health()
    return JSON.stringify([state, lastError?.category, lastError?.message, consecutiveFailures > 0, nextAttemptAt])
  }
}
