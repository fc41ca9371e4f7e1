import type { Clock } from '../clock.ts'

/** As many names are counted at once; a fleet of ten thousand fits several times. */
const COUNTED = 50_000
const MINUTE = 60_000

export interface Counted {
  readonly max: number
  readonly remaining: number
  /** Until the count begins anew. */
  readonly seconds: number
  readonly exceeded: boolean
}

/**
 * Counts by name, in minutes that begin with the first of each name. The library that counts everybody else answers with
 * a promise, from a table that is kept in order of use: a twentieth of a heartbeat's time.
 */
export class MinuteCount {
  readonly #clock: Pick<Clock, 'monotonic'>
  #counts = new Map<string, { count: number; ends: number }>()
  /** Those of a full table that was set aside; who is in neither has not come lately. */
  #older = new Map<string, { count: number; ends: number }>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  count(name: string, max: number): Counted {
    const now = this.#clock.monotonic()
    let counted = this.#counts.get(name)
    if (counted === undefined) {
      counted = this.#older.get(name) ?? { count: 0, ends: now + MINUTE }
      this.#add(name, counted)
    }
    if (counted.ends <= now) {
      counted.count = 0
      counted.ends = now + MINUTE
    }
    counted.count++
    return {
      max,
      remaining: Math.max(0, max - counted.count),
      seconds: Math.ceil((counted.ends - now) / 1000),
      exceeded: counted.count > max,
    }
  }

  /** The last one did not happen. */
  forgive(name: string): void {
    const counted = this.#counts.get(name)
    if (counted !== undefined && counted.count > 0) counted.count--
  }

  #add(name: string, counted: { count: number; ends: number }): void {
    if (this.#counts.size >= COUNTED) {
      this.#older = this.#counts
      this.#counts = new Map()
    }
    this.#counts.set(name, counted)
  }
}
