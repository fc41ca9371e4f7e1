import type { Clock } from '../clock.ts'

interface Attempts {
  count: number
  delay: number
  /** When the next attempt is allowed. */
  nextAt: number
}

/** Attempts that cost nothing: people mistype. */
const FREE_ATTEMPTS = 3
const MAX_DELAY_MS = 15 * 60_000
/** Attempts are forgotten this long after the next one was allowed. */
const FORGET_AFTER_MS = 60 * 60_000
const MAX_NAMES = 10_000

/** Makes guessing slow: after a few attempts by one name each next one has to wait, twice as long as the one before. */
export class GrowingDelay {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #freeAttempts: number
  readonly #attempts = new Map<string, Attempts>()

  constructor(clock: Pick<Clock, 'monotonic'>, freeAttempts = FREE_ATTEMPTS) {
    this.#clock = clock
    this.#freeAttempts = freeAttempts
  }

  /** Milliseconds until the next attempt of a name is allowed; it counts nothing. */
  waitOf(name: string): number {
    const known = this.#attempts.get(name)
    return known === undefined || known.delay === 0 ? 0 : Math.max(0, known.nextAt - this.#clock.monotonic())
  }

  /**
   * Counts an attempt before its outcome is known, so that attempts at the same time are counted too.
   * @returns 0 when it is allowed; otherwise the milliseconds to wait, and it is not counted
   */
  attempt(name: string): number {
    const now = this.#clock.monotonic()
    let known = this.#attempts.get(name)
    if (known !== undefined && now >= known.nextAt + FORGET_AFTER_MS) known = undefined
    if (known !== undefined && known.delay > 0 && now < known.nextAt) return known.nextAt - now
    const count = (known?.count ?? 0) + 1
    const delay = count < this.#freeAttempts ? 0 : Math.min(MAX_DELAY_MS, 1000 * 2 ** Math.min(count - this.#freeAttempts, 30))
    // The oldest is forgotten first.
    this.#attempts.delete(name)
    if (this.#attempts.size >= MAX_NAMES) this.#attempts.delete(this.#attempts.keys().next().value!)
    this.#attempts.set(name, { count, delay, nextAt: now + delay })
    return 0
  }

  /** Forgets the attempts of a name, which was right. */
  succeed(name: string): void {
    this.#attempts.delete(name)
  }
}
