import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import type { Logger } from 'pino'
import type { SourceClock } from './source.ts'

export interface SnapshotBufferOptions {
  /** Writes a snapshot to disk. @throws when it cannot */
  readonly write: (snapshot: LimitSnapshot) => void
  readonly clock: SourceClock
  readonly log: Logger
  /** Called after a retry: `problem` may have changed. */
  readonly changed: () => void
}

const RETRY_DELAY_MS = 30_000
/** Snapshots held in memory while the disk is full; beyond that the oldest are dropped. */
const MAX_BUFFERED_SNAPSHOTS = 1_000

/** Writes snapshots to disk in order, and holds in memory those that could not be written, until a retry succeeds. */
export class SnapshotBuffer {
  readonly #options: SnapshotBufferOptions
  readonly #signal: AbortSignal
  readonly #buffered: LimitSnapshot[] = []
  #problem: string | undefined
  #retrying = false

  constructor(options: SnapshotBufferOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  /** The reason why snapshots cannot be written. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Snapshots that are only in memory. */
  get buffered(): readonly LimitSnapshot[] {
    return this.#buffered
  }

  put(snapshot: LimitSnapshot): void {
    this.#buffered.push(snapshot)
    if (this.#buffered.length > MAX_BUFFERED_SNAPSHOTS) this.#buffered.shift()
    this.#flush()
  }

  #flush(): void {
    const { write, log } = this.#options
    for (let next = this.#buffered[0]; next !== undefined; next = this.#buffered[0]) {
      try {
        write(next)
      } catch (error) {
        const { message, suggestion } = error as { message: string; suggestion?: string }
        if (this.#problem === undefined) log.error({ err: error, suggestion }, 'a snapshot could not be saved; it will be retried')
        this.#problem = message
        void this.#retry()
        return
      }
      this.#buffered.shift()
    }
    if (this.#problem !== undefined) log.info('snapshots are saved again')
    this.#problem = undefined
  }

  async #retry(): Promise<void> {
    if (this.#retrying) return
    this.#retrying = true
    await this.#options.clock.wait(RETRY_DELAY_MS, this.#signal).catch(() => {})
    this.#retrying = false
    // Also when the collector stops: it is the last chance to save them.
    this.#flush()
    this.#options.changed()
  }
}
