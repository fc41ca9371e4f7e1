import type { Clock } from '@signalbox/client'
import { COLLECTOR_WAIT_MS } from '@signalbox/contract/limit-source'
import type { CollectorCall, CollectorHealth } from '@signalbox/contract/limits'
import type { Bell } from '../bell.ts'
import { knock } from './knock.ts'
import { pause } from './pause.ts'
import { type SyncError, syncErrorOf } from './sync-error.ts'

export interface TouchOptions {
  /** The address readings are posted to; the hub is asked for work one step below it. */
  readonly url: string
  readonly key: () => string | undefined
  readonly machineId: string
  readonly health: () => CollectorHealth
  /** Rings when the health is another. */
  readonly changed: Bell
  /** Ends a wait for a hub that is away. */
  readonly hurry: Bell
  /** Reads now; resolves when the reading is on its way to the hub, or why there is none. Must not reject. */
  readonly readNow: () => Promise<{ readonly ok: boolean; readonly message?: string }>
  readonly clock: Clock
  readonly observer: TouchObserver
  /** Milliseconds for which the hub may keep a question open; for tests. */
  readonly waitMs?: number
}

export interface TouchObserver {
  /** The hub has answered. */
  reached(): void
  /** The hub wants a reading. */
  asked(id: string): void
  /** `again`: milliseconds until the next try. */
  failed(error: SyncError, again: number): void
}

type Ended = NonNullable<CollectorCall['triggers']>[number]

/** Beyond what the hub waits, in milliseconds, for the way there and back. */
const ON_THE_WAY = 10_000
/** Delays after a failure, in milliseconds, give or take a quarter. */
const FIRST_DELAY = 1_000
const LONGEST_DELAY = 60_000
/** While only a person can help. */
const SLOW_DELAY = 300_000
/** Milliseconds between two questions of which the first brought nothing, in case the hub does not keep them open. */
const CALM = 1_000
/** What the hub takes of endings in one call. */
const MOST_ENDED = 100
const MOST_MESSAGE = 2_000

/**
 * Tells the hub how the collector is, and waits there for work, until the signal is aborted. Nothing that happens ends it.
 * There is one open question at a time, and beside it at most one word about what has changed meanwhile: an open
 * question is never taken back, because its answer may be a reading that somebody waits for.
 */
export class Touch {
  readonly #options: TouchOptions
  #ended: Ended[] = []
  #told = ''
  #failures = 0
  /** A question is on its way or open; otherwise the next one says all there is to say. */
  #asking = false

  constructor(options: TouchOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#ask(signal), this.#tell(signal)])
  }

  /** Asks for work, again and again. */
  async #ask(signal: AbortSignal): Promise<void> {
    const { clock, hurry, observer, waitMs = COLLECTOR_WAIT_MS } = this.#options
    while (!signal.aborted) {
      const started = clock.now()
      try {
        this.#asking = true
        // Whether a hub that was away is back is worth knowing before it has work for us.
        const away = this.#failures > 0
        const work = await this.#call(away ? 0 : waitMs, signal)
        this.#failures = 0
        observer.reached()
        const took = clock.now() - started
        if (!work && !away && took >= 0 && took < CALM) await clock.wait(CALM - took, signal)
      } catch (error) {
        if (signal.aborted) return
        this.#asking = false
        const failure = syncErrorOf(error)
        const growing = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++) * (0.75 + clock.random() / 2)
        const again = Math.max(failure.retryAfter ?? 0, failure.retryable ? growing : SLOW_DELAY)
        observer.failed(failure, again)
        await pause(again, clock, hurry, signal).catch(() => {})
      }
    }
  }

  /** Says at once what has changed while a question is open. */
  async #tell(signal: AbortSignal): Promise<void> {
    const { changed, clock } = this.#options
    while (!signal.aborted) {
      await changed.heard(signal)
      if (signal.aborted) return
      if (!this.#asking || (this.#ended.length === 0 && this.#gist() === this.#told)) continue
      try {
        await this.#call(0, signal)
      } catch {
        // The question may be open all the same: what is left is said once more.
        changed.ring()
      }
      // Whatever changes in the same moment is told together.
      await clock.wait(CALM, signal).catch(() => {})
    }
  }

  /** One call. @returns whether it brought work @throws SyncError, or the signal's reason */
  async #call(waitMs: number, signal: AbortSignal): Promise<boolean> {
    const { url, key, machineId, health, clock, observer } = this.#options
    this.#told = this.#gist()
    const triggers = this.#ended.slice(0, MOST_ENDED)
    const body: CollectorCall = { machine_id: machineId, collector: health(), ...(triggers.length === 0 ? {} : { triggers }), waitMs }
    // Said while it is on its way, it must not be said twice.
    this.#ended = this.#ended.filter((one) => !triggers.includes(one))
    let answer: Record<string, unknown>
    try {
      answer = await knock({
        method: 'POST',
        url: `${url}/collector`,
        body,
        key: key(),
        timeout: waitMs + ON_THE_WAY,
        now: clock.now(),
        signal,
      })
    } catch (error) {
      this.#ended = [...triggers, ...this.#ended]
      this.#told = ''
      throw error
    }
    const { trigger } = answer
    const id = typeof trigger === 'object' && trigger !== null && 'id' in trigger ? trigger.id : undefined
    if (typeof id !== 'string') return false
    observer.asked(id)
    void this.#read(id)
    return true
  }

  async #read(id: string): Promise<void> {
    const { readNow, changed } = this.#options
    const { ok, message } = await readNow().catch((error: Error) => ({ ok: false, message: error.message }))
    this.#ended.push({
      id,
      step: ok ? 'done' : 'failed',
      ...(ok || message === undefined || message === '' ? {} : { message: message.slice(0, MOST_MESSAGE) }),
    })
    changed.ring()
  }

  /** What is worth a call of its own: that a reading came, the hub hears from the reading. */
  #gist(): string {
    const { state, lastError, consecutiveFailures, nextAttemptAt } = this.#options.health()
    return JSON.stringify([state, lastError?.category, lastError?.message, consecutiveFailures > 0, nextAttemptAt])
  }
}
