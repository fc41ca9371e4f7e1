import type { Clock } from '../clock.ts'
import type { EventStore, LimitStore } from '../store/store.ts'
import type { Numbered, Said } from './current.ts'
import { latestOf, type Plan, planOf } from './version.ts'

export interface Latest {
  readonly plan: Plan
  readonly said: Said
  readonly numbered: Numbered
}

/** So long, in milliseconds, an answer stands that nobody has said is over: another hub may have removed a version. */
const STANDS_MS = 1000
/** Accounts that were asked for, which anybody may make up. */
const KEPT = 100

/** What is known of each plan now, put together once for all who ask until something is said of the limits. */
export class LatestBoard {
  readonly #store: LimitStore
  readonly #clock: Clock
  readonly #kept = new Map<string | undefined, { readonly latest: Promise<Latest | undefined>; readonly until: number }>()
  readonly #stop: () => void

  constructor(store: LimitStore, events: Pick<EventStore, 'listen'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#stop = events.listen((told) => {
      if (told.some(({ event }) => event === 'limits.snapshot')) this.forget()
    })
  }

  /** @returns undefined while there is no reading */
  of(account: string | undefined): Promise<Latest | undefined> {
    const at = this.#clock.monotonic()
    const known = this.#kept.get(account)
    if (known !== undefined && at < known.until) return known.latest
    if (this.#kept.size >= KEPT) this.#kept.clear()
    const kept = { latest: this.#make(account), until: at + STANDS_MS }
    this.#kept.set(account, kept)
    kept.latest.catch(() => {
      if (this.#kept.get(account) === kept) this.#kept.delete(account)
    })
    return kept.latest
  }

  /** Whoever asks from now on gets what is known from now on. */
  forget(): void {
    this.#kept.clear()
  }

  close(): void {
    this.#stop()
  }

  async #make(account: string | undefined): Promise<Latest | undefined> {
    const plan = await planOf(this.#store, account)
    return plan && { plan, ...(await latestOf(this.#store, plan)) }
  }
}
