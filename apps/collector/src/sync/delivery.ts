import type { Clock } from '@signalbox/client'
import { backoffDelay, retry } from '@signalbox/client/retry'
import type { WakeSignal } from '../wake-signal.ts'
import type { SyncFailure } from './failure.ts'
import type { Batch, UploadQueue } from './upload-queue.ts'

export interface DeliveryOptions<Item extends { readonly key: string }, B extends Batch<Item>> {
  readonly queue: UploadQueue<Item, B>
  readonly clock: Clock
  /** Notified when there may be something to send. */
  readonly work: WakeSignal
  /** Notified when a retry is worth it now: the hub is back, a key was renewed. */
  readonly retryNow: WakeSignal
  readonly observer: DeliveryObserver
}

/** Receives the progress of a delivery. */
export interface DeliveryObserver {
  /** Nothing is pending. */
  idle(): void
  sending(count: number): void
  /** The hub has confirmed `count` items. */
  sent(count: number): void
  /** The hub rejects an item permanently. */
  rejected(key: string, reason: string): void
  /** The hub rejects an item until later: it is sent again after `retryIn` milliseconds. */
  held?(key: string, reason: string, retryIn: number): void
  /** The hub has another store than before, so all items are sent again. */
  storeChanged(): void
  /** `retryIn`: milliseconds until the next attempt. */
  failed(failure: SyncFailure, retryIn: number): void
}

/** The delay while only a person can fix the failure. */
const SLOW_RETRY_MS = 300_000
/** Held items are looked at at least this often, because a clock may have been set. */
const HELD_CHECK_INTERVAL_MS = 60_000
/** The hub's store is checked again after this time, and after every failure. */
const STORE_CHECK_INTERVAL_MS = 60_000

/**
 * Sends the items of a queue, oldest first, until the signal is aborted; all errors are reported and retried. An item is
 * confirmed only after the hub has confirmed it, and the hub stores repeated items once, so every failure means: send again.
 */
export class Delivery<Item extends { readonly key: string }, B extends Batch<Item>> {
  readonly #options: DeliveryOptions<Item, B>
  /** The last attempt failed. */
  #probing = false
  #storeCheckedAt = Number.NEGATIVE_INFINITY

  constructor(options: DeliveryOptions<Item, B>) {
    this.#options = options
  }

  /** Checks the hub's store before the next batch, because the hub may have been replaced. */
  recheckStore(): void {
    this.#storeCheckedAt = Number.NEGATIVE_INFINITY
  }

  async run(signal: AbortSignal): Promise<void> {
    const { queue, work, observer, retryNow, clock } = this.#options
    try {
      while (!signal.aborted) {
        const found = await retry(() => this.step(signal), {
          delay: (error, failures) => this.#fail(error, failures),
          wait: (milliseconds) => retryNow.waitAtMost(milliseconds, signal, clock),
          signal,
        })
        if (found || signal.aborted) continue
        observer.idle()
        const due = queue.heldFor?.()
        if (due === undefined) await work.wait(signal)
        else await work.waitAtMost(Math.min(due, HELD_CHECK_INTERVAL_MS), signal, clock)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /**
   * Sends the next batch. @returns whether there was one
   * @throws ApiClientError; LedgerError when the queue fails
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const { queue, observer } = this.#options
    if (!queue.isUsed()) return false
    await this.#checkStore(signal)
    const batch = queue.nextBatch(this.#probing)
    if (batch === undefined) return false
    observer.sending(batch.items.length)
    const rejected = await queue.send(batch, signal)
    for (const { item, reason, retryIn } of rejected) {
      if (retryIn !== undefined && queue.hold !== undefined) {
        queue.hold(item, retryIn)
        observer.held?.(item.key, reason, retryIn)
        continue
      }
      queue.reject(item, reason)
      observer.rejected(item.key, reason)
    }
    queue.confirm(batch)
    this.#probing = false
    observer.sent(batch.items.length - rejected.length)
    return true
  }

  /** Checks whether the hub still has the same store: one that was emptied needs all items again. */
  async #checkStore(signal: AbortSignal): Promise<void> {
    const { queue, clock, observer } = this.#options
    const now = clock.now()
    // A clock that was set back makes the last check invalid.
    if (now >= this.#storeCheckedAt && now - this.#storeCheckedAt < STORE_CHECK_INTERVAL_MS) return
    const storeId = await queue.hub.readStoreId(signal)
    if (storeId !== undefined && queue.hubChanged(storeId)) observer.storeChanged()
    this.#storeCheckedAt = now
  }

  /** @returns the delay before the next attempt */
  #fail(error: unknown, failures: number): number {
    const { queue, clock, observer } = this.#options
    this.#probing = true
    this.recheckStore()
    const failure = queue.hub.describeFailure(error)
    const usual = failure.slow ? SLOW_RETRY_MS : backoffDelay(failures, queue.backoff, clock)
    const retryIn = Math.max(failure.retryAfter ?? 0, usual)
    observer.failed(failure, retryIn)
    return retryIn
  }
}
