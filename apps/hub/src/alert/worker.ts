import { setTimeout as sleep } from 'node:timers/promises'
import type { HubEvent } from '@signalbox/contract/event'
import type { Clock } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { Logger } from '../log.ts'
import { nextTurn } from '../next-turn.ts'
import type { Store } from '../store/store.ts'
import type { Judge } from './judge.ts'
import type { Lease } from './lease.ts'
import type { Outbox } from './outbox.ts'
import type { Sender } from './sender.ts'

/** Events that come in a burst are judged together. */
const COLLECT_MS = 200
/** What is due, and waits for something else. */
const DUE_RETRY_MS = 250
/** After a failure of the store. */
const RETRY_MS = 1_000
/** The wall clock may be set: no wait is longer. */
const LONGEST_WAIT_MS = 30_000
/** Another hub may have changed what it has no event for. */
const SHARED_WAIT_MS = 5_000
/** `runOnce` waits for what is due sooner, such as a group of alerts that is complete in a moment. */
const SOON_MS = 4_000

export interface WorkerOptions {
  readonly store: Pick<Store, 'events' | 'alerts'>
  readonly judge: Pick<Judge<never>, 'noteEvents' | 'step' | 'nextAt'>
  readonly outbox: Outbox
  readonly sender: Sender
  readonly lease: Lease
  readonly clock: Clock
  readonly logger: Logger
}

/** The loop of alerts: it judges and sends while there is something to do, and sleeps until the next moment or wake signal. */
export class AlertWorker {
  readonly #options: WorkerOptions
  #wake: (() => void) | undefined
  #isAwake = true
  #collecting: NodeJS.Timeout | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** A person has changed something: it is looked at now. */
  wake(): void {
    this.#isAwake = true
    this.#wake?.()
  }

  /** @returns whether there is something to judge */
  noteEvents(events: readonly HubEvent[]): boolean {
    return this.#options.judge.noteEvents(events)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { store, sender, lease, logger } = this.#options
    const stopListening = store.events.listen((events) => {
      if (!this.noteEvents(events)) return
      this.#collecting ??= setTimeout(() => {
        this.#collecting = undefined
        this.wake()
      }, COLLECT_MS)
    })
    const onAbort = () => this.wake()
    signal.addEventListener('abort', onAbort)
    let failing = false
    while (!signal.aborted) {
      this.#isAwake = false
      try {
        const wait = await this.step(signal)
        if (failing) logger.info('alerts are judged and sent again')
        failing = false
        await this.#sleep(wait)
      } catch (err) {
        // Logged once: a store that is away for an hour would fill the log otherwise.
        if (!failing) logger.error({ err: err instanceof HubError ? (err.cause ?? err) : err }, 'alerts could not be judged or sent')
        failing = true
        this.#isAwake = false
        await this.#sleep(RETRY_MS)
      }
    }
    signal.removeEventListener('abort', onAbort)
    stopListening()
    clearTimeout(this.#collecting)
    await sender.close()
    await lease.release().catch((err: unknown) => logger.warn({ err }, 'the lease of alerts could not be released'))
  }

  /**
   * Does what there is to do now and within seconds, for a process that is frozen afterwards.
   * @param ms ends it sooner
   */
  async runOnce(ms: number): Promise<void> {
    const { sender, lease, clock } = this.#options
    const end = clock.monotonic() + ms
    for (;;) {
      const wait = await this.step()
      await sender.idle()
      if (wait > SOON_MS || clock.monotonic() + wait > end) break
      await sleep(wait)
    }
    await lease.release()
  }

  /** Does what there is to do now. @returns milliseconds until there is more */
  async step(signal?: AbortSignal): Promise<number> {
    const { judge, outbox, lease, clock, store } = this.#options
    const waitsFor = await lease.hold()
    if (waitsFor !== undefined) return Math.max(100, Math.min(waitsFor - clock.now(), SHARED_WAIT_MS))
    let isMore = true
    outbox.noteStep()
    while (isMore && !signal?.aborted) {
      const judged = await judge.step()
      isMore = (await outbox.step()) || judged
      if (isMore) await nextTurn()
      if ((await lease.hold()) !== undefined) return SHARED_WAIT_MS
    }
    const next = Math.min(await judge.nextAt(), (await outbox.nextAt()) ?? Number.POSITIVE_INFINITY, lease.renewAt)
    const longest = store.alerts.exclusive ? LONGEST_WAIT_MS : SHARED_WAIT_MS
    // What is due and could not be done now waits for another message of its channel, which wakes this loop.
    return Math.max(DUE_RETRY_MS, Math.min(next - clock.now(), longest))
  }

  #sleep(ms: number): Promise<void> {
    if (this.#isAwake) return nextTurn()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
