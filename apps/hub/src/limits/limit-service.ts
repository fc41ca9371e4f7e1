import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { Change } from '../store/change.ts'
import type { EventStore } from '../store/event.ts'
import type { SnapshotSelection } from '../store/limit-removal.ts'
import type { StoredSnapshot } from '../store/limit-snapshot.ts'
import type { LimitsRetention } from '../store/limit-version.ts'
import type { LimitStore } from '../store/limits.ts'
import { CurrentLimitsCache } from './current-limits-cache.ts'
import { LimitForecasts } from './limit-forecasts.ts'
import type { SnapshotObserver } from './snapshot-version.ts'

export interface LimitServiceOptions {
  readonly store: LimitStore
  readonly events: Pick<EventStore, 'listen'>
  readonly keep: LimitsRetention
  readonly clock: Clock
  readonly logger: Pick<Logger, 'error'>
  readonly observer?: SnapshotObserver | undefined
}

/** Stores snapshots, notifies the observer, and removes what retention no longer keeps. */
export class LimitService {
  readonly #options: LimitServiceOptions
  readonly currentLimits: CurrentLimitsCache
  readonly forecasts: LimitForecasts
  /** Accounts whose retention runs, and whether it is to run once more. */
  readonly #retaining = new Map<string, { again: boolean; done: Promise<void> }>()

  constructor(options: LimitServiceOptions) {
    this.#options = options
    this.currentLimits = new CurrentLimitsCache(options.store, options.events, options.clock)
    this.forecasts = new LimitForecasts(options.store)
  }

  async put(body: SnapshotBody, change: Change): Promise<StoredSnapshot> {
    const { store, observer } = this.#options
    const stored = await store.put(body, change)
    if (stored.fresh) {
      this.currentLimits.invalidate()
      observer?.stored(stored.version)
      this.#retainSoon(stored.version.account)
    }
    return stored
  }

  /** @returns how many */
  async deleteSnapshots(selection: SnapshotSelection, change: Change): Promise<number> {
    const { store, observer } = this.#options
    const removed = await store.deleteSnapshots(selection, change)
    this.currentLimits.invalidate()
    this.forecasts.forget()
    if (removed.length > 0) observer?.removed(removed)
    return removed.length
  }

  /** @returns how many */
  async moveSnapshots(from: string, to: string, change: Change): Promise<number> {
    const moved = await this.#options.store.moveSnapshots(from, to, change)
    this.currentLimits.invalidate()
    this.forecasts.forget()
    return moved
  }

  /** Resolves when no retention runs any more. */
  async close(): Promise<void> {
    this.currentLimits.close()
    while (this.#retaining.size > 0) await Promise.all([...this.#retaining.values()].map(({ done }) => done))
  }

  /** Runs after the write; one run serves all writes that came before it. */
  #retainSoon(account: string): void {
    const running = this.#retaining.get(account)
    if (running !== undefined) {
      running.again = true
      return
    }
    const run = { again: false, done: Promise.resolve() }
    this.#retaining.set(account, run)
    run.done = new Promise((resolve) => {
      setImmediate(() => {
        this.#retain(account, run)
          .catch((err: unknown) => this.#options.logger.error({ err }, 'old snapshots could not be removed'))
          .finally(() => {
            this.#retaining.delete(account)
            resolve()
          })
      })
    })
  }

  async #retain(account: string, run: { again: boolean }): Promise<void> {
    const { store, keep, clock, observer } = this.#options
    for (;;) {
      run.again = false
      const removed = await store.retain(account, keep, clock.now())
      if (removed.length > 0) {
        this.currentLimits.invalidate()
        observer?.removed(removed)
      } else if (!run.again) return
    }
  }
}
