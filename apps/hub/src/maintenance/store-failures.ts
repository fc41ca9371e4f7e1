import type { Clock } from '../clock.ts'
import type { HubError } from '../hub-error.ts'

const WINDOW_S = 60
/** So many failures in a minute are no accident of one request. */
const MAX_FAILURES = 10
/** After this time without a failure the store is available again: a load balancer should not wait for a whole minute. */
const RECOVERY_S = 10

/** Requests that failed because of the store, in the last minute. */
export interface FailureCount {
  readonly read: number
  readonly write: number
}

/** Counts what the store failed to read and to write: a store that answers a small question may fail most others. */
export class StoreFailures {
  readonly #clock: Pick<Clock, 'monotonic'>
  /** One entry for each second that had any, oldest first. */
  #seconds: { readonly at: number; read: number; write: number }[] = []

  #listener: ((operation: 'read' | 'write') => void) | undefined

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** At most one listener. */
  listen(listener: (operation: 'read' | 'write') => void): void {
    this.#listener = listener
  }

  note({ code, apiCode }: Pick<HubError, 'code' | 'apiCode'>): void {
    if (code !== 'database_error') return
    const at = this.#drop()
    let last = this.#seconds.at(-1)
    if (last?.at !== at) {
      last = { at, read: 0, write: 0 }
      this.#seconds.push(last)
    }
    const operation = apiCode === 'STORAGE_READ_FAILED' ? 'read' : 'write'
    last[operation]++
    this.#listener?.(operation)
  }

  get lastMinute(): FailureCount {
    this.#drop()
    return this.#seconds.reduce((sum, { read, write }) => ({ read: sum.read + read, write: sum.write + write }), { read: 0, write: 0 })
  }

  /** What is wrong, where so much failed that the store cannot be called available. */
  get problem(): string | undefined {
    const { read, write } = this.lastMinute
    if (read + write < MAX_FAILURES || this.#seconds.at(-1)!.at <= this.#now() - RECOVERY_S) return undefined
    return `The hub database failed ${read} reads and ${write} writes in the last minute`
  }

  /** @returns the present second */
  #drop(): number {
    const now = this.#now()
    while (this.#seconds.length > 0 && this.#seconds[0]!.at <= now - WINDOW_S) this.#seconds.shift()
    return now
  }

  #now(): number {
    return Math.floor(this.#clock.monotonic() / 1000)
  }
}
