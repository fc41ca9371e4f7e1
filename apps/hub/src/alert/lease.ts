import type { Clock } from '../clock.ts'
import type { AlertStore } from '../store/alert.ts'

export const LEASE_TTL_MS = 10_000
const RENEW_BEFORE_MS = 5_000

/** Keeps the work of alerts at one of several hubs. It only saves work: every write of two at once is a compare-and-set. */
export class Lease {
  readonly #store: AlertStore
  readonly #clock: Clock
  readonly #holder: string
  #until = 0

  constructor(store: AlertStore, clock: Clock, holder: string) {
    this.#store = store
    this.#clock = clock
    this.#holder = holder
  }

  /** @returns when to ask again: undefined while this hub holds it */
  async hold(): Promise<number | undefined> {
    if (this.#store.exclusive) return undefined
    const now = this.#clock.now()
    if (this.#until - RENEW_BEFORE_MS > now && this.#until <= now + LEASE_TTL_MS) return undefined
    const mark = await this.#store.mark('lease')
    const { holder, until = 0 } = (mark?.value ?? {}) as { holder?: string; until?: number }
    // A lease that ends later than any can is of a clock that was set back since.
    if (holder !== this.#holder && until > now && until <= now + 2 * LEASE_TTL_MS) {
      this.#until = 0
      return until
    }
    const value = { holder: this.#holder, until: now + LEASE_TTL_MS }
    if (!(await this.#store.putMark('lease', { value, revision: (mark?.revision ?? 0) + 1 }))) {
      this.#until = 0
      return now + RENEW_BEFORE_MS
    }
    this.#until = value.until
    return undefined
  }

  /** When it has to be renewed. */
  get renewAt(): number {
    return this.#store.exclusive ? Number.POSITIVE_INFINITY : this.#until - RENEW_BEFORE_MS
  }

  /** Lets another hub go on at once. */
  async release(): Promise<void> {
    if (this.#store.exclusive || this.#until === 0) return
    const mark = await this.#store.mark('lease')
    if (mark?.value.holder !== this.#holder) return
    await this.#store.putMark('lease', { value: { holder: this.#holder, until: 0 }, revision: mark.revision + 1 })
  }
}
