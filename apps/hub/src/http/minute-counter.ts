import type { Clock } from '../clock.ts'
import { RecentTable } from './recent-table.ts'

/** Names in one table; a fleet of ten thousand fits several times. */
const MAX_NAMES = 50_000
const MINUTE_MS = 60_000

export interface MinuteCount {
  readonly max: number
  readonly remaining: number
  /** Seconds until the count begins anew. */
  readonly seconds: number
  readonly exceeded: boolean
}

/**
 * Counts requests by name, in minutes that begin with the first request of each name. The library that counts all other
 * requests answers with a promise, from a table in order of use: a twentieth of the time of a heartbeat.
 */
export class MinuteCounter {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #counts = new RecentTable<{ count: number; ends: number }>(MAX_NAMES)

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  count(name: string, max: number): MinuteCount {
    const now = this.#clock.monotonic()
    let counted = this.#counts.get(name)
    if (counted === undefined) {
      counted = { count: 0, ends: now + MINUTE_MS }
      this.#counts.set(name, counted)
    }
    if (counted.ends <= now) {
      counted.count = 0
      counted.ends = now + MINUTE_MS
    }
    counted.count++
    return {
      max,
      remaining: Math.max(0, max - counted.count),
      seconds: Math.ceil((counted.ends - now) / 1000),
      exceeded: counted.count > max,
    }
  }

  /** Subtracts the last count of a name. A name that has none left is forgotten, so that refused names fill no table. */
  refund(name: string): void {
    const counted = this.#counts.get(name)
    if (counted === undefined || counted.count === 0) return
    counted.count--
    if (counted.count > 0) return
    this.#counts.delete(name)
  }
}
