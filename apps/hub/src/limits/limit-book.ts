import type { LimitReading } from '@signalbox/contract/limits'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { Change, EventStore, LimitStore, LimitsKept, StoredReading } from '../store/store.ts'
import type { ReadingObserver } from './kept-reading.ts'
import { LatestBoard } from './latest-board.ts'

export interface LimitBookParts {
  readonly store: LimitStore
  readonly events: Pick<EventStore, 'listen'>
  readonly keep: LimitsKept
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error'>
  readonly observer?: ReadingObserver | undefined
}

/** The one place where readings are put: into the store, before those who observe, and behind them what is too old goes. */
export class LimitBook {
  readonly #parts: LimitBookParts
  /** What is known now. */
  readonly board: LatestBoard
  /** Accounts that are being looked through, and whether once more is wanted. */
  readonly #retaining = new Map<string, { again: boolean; done: Promise<void> }>()

  constructor(parts: LimitBookParts) {
    this.#parts = parts
    this.board = new LatestBoard(parts.store, parts.events, parts.clock)
  }

  async put(reading: LimitReading, change: Change): Promise<StoredReading> {
    const { store, observer } = this.#parts
    const stored = await store.put(reading, change)
    if (stored.fresh) {
      this.board.forget()
      observer?.stored(stored.version)
      this.#retainSoon(stored.version.account)
    }
    return stored
  }

  /** Resolves when nothing is being removed any more. */
  async close(): Promise<void> {
    this.board.close()
    while (this.#retaining.size > 0) await Promise.all([...this.#retaining.values()].map(({ done }) => done))
  }

  /** Not in the way of the write that it follows; of many at once, one look does for all that came before it. */
  #retainSoon(account: string): void {
    const running = this.#retaining.get(account)
    if (running !== undefined) {
      running.again = true
      return
    }
    const look = { again: false, done: Promise.resolve() }
    this.#retaining.set(account, look)
    look.done = new Promise((resolve) => {
      setImmediate(() => {
        this.#retain(account, look)
          .catch((err: unknown) => this.#parts.logger.error({ err }, 'old readings could not be removed'))
          .finally(() => {
            this.#retaining.delete(account)
            resolve()
          })
      })
    })
  }

  async #retain(account: string, look: { again: boolean }): Promise<void> {
    const { store, keep, clock, observer } = this.#parts
    for (;;) {
      look.again = false
      const removed = await store.retain(account, keep, clock.now())
      if (removed.length > 0) {
        this.board.forget()
        observer?.removed(removed)
      } else if (!look.again) return
    }
  }
}
