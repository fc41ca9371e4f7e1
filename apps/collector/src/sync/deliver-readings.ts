import type { Clock } from '@signalbox/client'
import type { PendingReading, Readings } from '@signalbox/ledger'
import type { Bell } from '../bell.ts'
import { pause } from './pause.ts'
import { type SyncError, syncErrorOf } from './sync-error.ts'
import type { ReadingSync } from './sync-reading.ts'

export interface ReadingDeliveryOptions {
  readonly readings: Readings
  readonly sync: ReadingSync
  /** A name of the hub's store, which is another one when the hub was emptied; undefined: it cannot be told. @throws SyncError */
  readonly storeId: (signal: AbortSignal) => Promise<string | undefined>
  readonly clock: Clock
  /** Rings when there may be something to send. */
  readonly work: Bell
  /** Rings when trying again now is worth it. */
  readonly hurry: Bell
  readonly observer: ReadingDeliveryObserver
}

/** Hears how the delivery of readings goes. */
export interface ReadingDeliveryObserver {
  /** Nothing is pending. */
  idle(): void
  sent(reading: PendingReading): void
  /** The hub refuses this reading for ever. */
  refused(reading: PendingReading, reason: string): void
  /** The hub has another store than the one we sent to, so everything that is kept is sent again. */
  anotherStore(): void
  /** `again`: milliseconds until the next try. */
  failed(error: SyncError, again: number): void
}

/** Between two rounds of retries, in milliseconds: doubled each time, give or take a quarter. */
const FIRST_DELAY = 10_000
const LONGEST_DELAY = 60_000
/** While only a person can help. */
const SLOW_DELAY = 300_000
/** Milliseconds for which a hub is believed to be the same without asking. */
const SAME_HUB = 60_000

/**
 * Sends readings, that which was taken first before all others, until the signal is aborted. Nothing that happens ends it.
 * A reading is confirmed only after the hub said yes; the hub keeps it once, so whatever went wrong before is tried again.
 */
export class ReadingDelivery {
  readonly #options: ReadingDeliveryOptions
  /** When we last asked which store the hub has. */
  #greetedAt = Number.NEGATIVE_INFINITY
  #failures = 0

  constructor(options: ReadingDeliveryOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { work, observer, clock, hurry } = this.#options
    while (!signal.aborted) {
      try {
        if (await this.step(signal)) continue
        observer.idle()
        await work.heard(signal)
      } catch (error) {
        if (signal.aborted) return
        const failure = syncErrorOf(error)
        this.#greetedAt = Number.NEGATIVE_INFINITY
        const growing = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++) * (0.75 + clock.random() / 2)
        const usual = failure.retryable ? growing : SLOW_DELAY
        const again = Math.max(failure.retryAfter ?? 0, usual)
        observer.failed(failure, again)
        await pause(again, clock, hurry, signal).catch(() => {})
      }
    }
  }

  /**
   * Sends the oldest reading. @returns whether there was one
   * @throws what the hub, the network or the ledger said
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const { readings, sync, observer } = this.#options
    // A machine on which no limits are read has nothing to ask the hub for.
    if (readings.isEmpty()) return false
    await this.#greet(signal)
    const reading = readings.oldest()
    if (reading === undefined) return false
    try {
      await sync.syncWithRetry(reading.snapshot, { idempotencyKey: reading.key, signal })
    } catch (error) {
      const { category, message } = syncErrorOf(error)
      if (signal.aborted || category !== 'VALIDATION') throw error
      readings.setAside(reading, message)
      observer.refused(reading, message)
      return true
    }
    readings.confirm(reading)
    this.#failures = 0
    observer.sent(reading)
    return true
  }

  /** Finds out whether it is still the same hub, with the same store: one that was emptied has to get everything again. */
  async #greet(signal: AbortSignal): Promise<void> {
    const { readings, storeId, clock, observer } = this.#options
    const now = clock.now()
    if (now >= this.#greetedAt && now - this.#greetedAt < SAME_HUB) return
    const store = await storeId(signal)
    if (store !== undefined && readings.hubChanged(store)) observer.anotherStore()
    this.#greetedAt = now
  }
}
