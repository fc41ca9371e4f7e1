import type { Clock, StateTrackingApiClient } from '@signalbox/client'
import { MAX_CALLS_PER_POST, MAX_INGEST_BYTES } from '@signalbox/contract/ingest-limit'
import type { Ledger } from '@signalbox/ledger'
import { DelegateBackoff, handleWhen, type IRetryBackoffContext, retry } from 'cockatiel'
import type { Bell } from '../bell.ts'
import { pause } from './pause.ts'
import { sendPage } from './send-page.ts'
import { NothingTakenError, type Verdict, verdictOf } from './verdict.ts'

export interface DeliveryOptions {
  readonly outbox: Ledger['outbox']
  /** Asked for every page: its key may have been renewed. It must not retry by itself. */
  readonly client: () => Pick<StateTrackingApiClient, 'ingestCalls' | 'whoAmI'>
  readonly machineId: string
  readonly clock: Clock
  /** Rings when there may be something to send. */
  readonly work: Bell
  /** Rings when trying again now is worth it: the hub is back, a key was renewed. */
  readonly hurry: Bell
  readonly observer: DeliveryObserver
}

/** Hears how the delivery goes. */
export interface DeliveryObserver {
  idle(): void
  sending(calls: number): void
  sent(calls: number): void
  refused(key: string, reason: string): void
  /** The hub has another store than the one we sent to, so everything is sent again. */
  anotherStore(): void
  /** `again`: milliseconds until the next try. */
  failed(verdict: Verdict, again: number): void
}

/** Delays after a failure, in milliseconds. */
const FIRST_DELAY = 1_000
const LONGEST_DELAY = 30_000
/** While only a person can help. */
const SLOW_DELAY = 300_000
/** Milliseconds for which a hub is believed to be the same without asking. */
const SAME_HUB = 60_000
/** After a failure a page this small asks whether the hub is well again: building a large one costs a tenth of a second. */
const PROBE = 100
/** What the hub takes, less some room for what is around the calls. */
const PAGE_BYTES = MAX_INGEST_BYTES * 0.9

/**
 * Sends what is in the outbox, oldest first, until the signal is aborted. Nothing that happens ends it.
 * A call is confirmed only after the hub said yes; whatever went wrong before is tried again.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  #limit = MAX_CALLS_PER_POST
  #failing = false
  /** When we last asked which store the hub has; before that we would send to whoever answers. */
  #greetedAt = Number.NEGATIVE_INFINITY
  /** The hub has taken something from us: a call it then refuses is to blame itself. */
  #trusted = false
  #again = 0

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { work, observer } = this.#options
    while (!signal.aborted) {
      if (await this.#untilDone(signal)) continue
      if (signal.aborted) return
      observer.idle()
      await work.heard(signal)
    }
  }

  /**
   * Sends the next page. @returns whether there was one
   * @throws what the hub or the network said
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const { outbox, client, machineId, observer } = this.#options
    await this.#greet(signal)
    const page = outbox.next(this.#failing ? Math.min(PROBE, this.#limit) : this.#limit, PAGE_BYTES)
    if (page === undefined) return false
    observer.sending(page.calls.length)
    const { taken, refused, limit } = await sendPage(client(), machineId, page.calls, signal)
    this.#trusted ||= taken > 0
    if (!this.#trusted) throw new NothingTakenError(refused[0]?.reason ?? 'no reason given')
    for (const { call, reason } of refused) {
      outbox.setAside(call.key, reason)
      observer.refused(call.key, reason)
    }
    outbox.confirm(page.upTo)
    this.#failing = false
    // A hub that found a page too large gets smaller ones, and slowly larger ones again.
    this.#limit = limit < page.calls.length ? limit : Math.min(MAX_CALLS_PER_POST, Math.ceil(this.#limit * 1.1))
    observer.sent(taken)
    return true
  }

  /** Finds out whether it is still the same hub, with the same store: one that was emptied has to get everything again. */
  async #greet(signal: AbortSignal): Promise<void> {
    const { outbox, client, clock, observer } = this.#options
    const now = clock.now()
    if (now >= this.#greetedAt && now - this.#greetedAt < SAME_HUB) return
    const { store_id } = await client().whoAmI({ signal })
    if (outbox.hubChanged(store_id)) observer.anotherStore()
    this.#greetedAt = now
  }

  /** One step that succeeds, however often it takes. @returns what the step said; false when the signal was aborted */
  async #untilDone(signal: AbortSignal): Promise<boolean> {
    const { observer, clock, hurry } = this.#options
    const backoff = new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt, result }) => {
      this.#failing = true
      this.#greetedAt = Number.NEGATIVE_INFINITY
      const verdict = verdictOf('error' in result ? result.error : undefined)
      const growing = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1)) * (0.75 + clock.random() / 2)
      this.#again = Math.max(verdict.retryAfter ?? 0, verdict.slow ? SLOW_DELAY : growing)
      observer.failed(verdict, this.#again)
      // The policy decides; we wait, because its own wait ends neither on abort nor when the hub is back.
      return 0
    })
    const policy = retry(
      handleWhen(() => !signal.aborted),
      { maxAttempts: Number.POSITIVE_INFINITY, backoff },
    )
    try {
      return await policy.execute(async ({ attempt }) => {
        if (attempt > 0) await pause(this.#again, clock, hurry, signal)
        return this.step(signal)
      }, signal)
    } catch (error) {
      if (signal.aborted) return false
      throw error
    }
  }
}
