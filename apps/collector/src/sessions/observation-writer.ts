import type { SessionObservation } from '@signalbox/contract/session-observation'

export interface ObservationWriterOptions {
  /** Writes observations to disk. @throws when it cannot */
  readonly write: (observations: readonly SessionObservation[]) => void
  /** Called after observations were written. */
  readonly written: () => void
  /** Called when `problem` has changed. */
  readonly problemChanged: (problem: string | undefined, error: unknown) => void
}

/** The least time between two writes: a fleet of busy sessions costs a few transactions and requests a second, not hundreds. */
const WRITE_INTERVAL_MS = 200
/** When so many sessions change within this time, more of their observations are written and sent together. */
const BUSY_SESSIONS = 30
const BUSY_PERIOD_MS = 10_000
const BUSY_WRITE_INTERVAL_MS = 450
/** How long an observation may wait for others when the state of its session is known without it. */
const DETAIL_DELAY_MS = 1_000
/** After a failed write, such as on a full disk. */
const RETRY_DELAY_MS = 3_000
/** Observations in memory while the disk is full; beyond that the oldest are dropped. */
const MAX_BUFFERED = 20_000

/** Collects observations and writes them together: the first at once, those that follow after a moment. */
export class ObservationWriter {
  readonly #options: ObservationWriterOptions
  #buffer: SessionObservation[] = []
  #saved: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #due = 0
  #lastWrite = Number.NEGATIVE_INFINITY
  /** When each session changed last, by the monotonic clock. */
  readonly #changed = new Map<string, number>()
  #problem: string | undefined

  constructor(options: ObservationWriterOptions) {
    this.#options = options
  }

  /** Observations that are only in memory. */
  get buffered(): number {
    return this.#buffer.length
  }

  /** @param saved called when it is on disk */
  put(observation: SessionObservation, saved?: () => void): void {
    this.#buffer.push(observation)
    if (saved !== undefined) this.#saved.push(saved)
    if (this.#buffer.length > MAX_BUFFERED) this.#buffer.splice(0, this.#buffer.length - MAX_BUFFERED)
    const now = performance.now()
    this.#changed.set(observation.session_id, now)
    const interval = this.#changed.size < BUSY_SESSIONS ? WRITE_INTERVAL_MS : BUSY_WRITE_INTERVAL_MS
    const soonest = Math.max(0, this.#lastWrite + interval - now)
    this.#schedule(isUrgent(observation) ? soonest : Math.max(soonest, DETAIL_DELAY_MS))
  }

  /** Writes what is left. */
  close(): void {
    clearTimeout(this.#timer)
    this.#flush()
    clearTimeout(this.#timer)
  }

  #schedule(delay: number): void {
    const due = performance.now() + delay
    if (this.#timer !== undefined && this.#due <= due) return
    clearTimeout(this.#timer)
    this.#due = due
    // Also without a delay the write waits for the end of this event, which may bring more.
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#flush()
    }, delay)
  }

  #flush(): void {
    const { write, written, problemChanged } = this.#options
    if (this.#buffer.length === 0) return
    this.#lastWrite = performance.now()
    for (const [session, at] of this.#changed) if (at < this.#lastWrite - BUSY_PERIOD_MS) this.#changed.delete(session)
    try {
      write(this.#buffer)
    } catch (error) {
      if (this.#problem === undefined) {
        this.#problem = (error as Error).message
        problemChanged(this.#problem, error)
      }
      this.#schedule(RETRY_DELAY_MS)
      return
    }
    this.#buffer = []
    for (const saved of this.#saved.splice(0)) saved()
    if (this.#problem !== undefined) {
      this.#problem = undefined
      problemChanged(undefined, undefined)
    }
    written()
  }
}

/** Whether it may change the state of a session on the board. */
function isUrgent({ alive, end, activity, subagents }: SessionObservation): boolean {
  return alive !== undefined || end !== undefined || activity !== undefined || subagents !== undefined
}
