import type { SyncMetrics } from '@signalbox/contract/collector'
import type { SyncCategory } from './sync-error.ts'

/** One try to send a reading. */
export interface SyncTry {
  /** 0 is the first of a reading, what follows are retries. */
  readonly retry: number
  /** Milliseconds. */
  readonly duration: number
  /** Undefined: the hub took it. */
  readonly failed: SyncCategory | undefined
}

const LAST = 10

/** Counts tries, over the last ten and since the start. */
export class SyncMeter {
  readonly #last: SyncTry[] = []
  readonly #all = { attempts: 0, succeeded: 0, retries: 0, shortest: Number.POSITIVE_INFINITY, longest: 0, spent: 0 }

  add(one: SyncTry): void {
    this.#last.push(one)
    if (this.#last.length > LAST) this.#last.shift()
    const all = this.#all
    all.attempts++
    if (one.failed === undefined) all.succeeded++
    if (one.retry > 0) all.retries++
    all.shortest = Math.min(all.shortest, one.duration)
    all.longest = Math.max(all.longest, one.duration)
    all.spent += one.duration
  }

  lastTen(): SyncMetrics {
    const durations = this.#last.map(({ duration }) => duration)
    return told({
      attempts: this.#last.length,
      succeeded: this.#last.filter(({ failed }) => failed === undefined).length,
      retries: this.#last.filter(({ retry }) => retry > 0).length,
      shortest: Math.min(...durations),
      longest: Math.max(...durations),
      spent: durations.reduce((sum, one) => sum + one, 0),
    })
  }

  sinceStart(): SyncMetrics {
    return told(this.#all)
  }
}

interface Counts {
  readonly attempts: number
  readonly succeeded: number
  readonly retries: number
  readonly shortest: number
  readonly longest: number
  readonly spent: number
}

function told({ attempts, succeeded, retries, shortest, longest, spent }: Counts): SyncMetrics {
  if (attempts === 0) return { attempts, retries }
  const [least, average, most] = [shortest, spent / attempts, longest].map(Math.round) as [number, number, number]
  return { attempts, success_rate: succeeded / attempts, retries, duration_ms: { min: least, avg: average, max: most } }
}
