export interface RefresherOptions {
  /** Refetches what changed; resolves when the responses have arrived. */
  readonly refresh: () => Promise<unknown>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Runs a callback after so many milliseconds. @returns its cancel function */
  readonly schedule: (milliseconds: number, run: () => void) => () => void
}

export interface Refresher {
  /** Requests a round. */
  request(): void
  stop(): void
}

/** Minimum time between the starts of two rounds. */
const MIN_INTERVAL_MS = 250
/** The interval grows to this under continuous changes; with the latency from the transcript it stays within a second. */
const MAX_INTERVAL_MS = 700
/** Idle time after which the interval is reset. */
const IDLE_RESET_MS = 3_000

/**
 * Coalesces requests into rounds: the first runs immediately, those during a round or within the interval share the next.
 * A request during a round always gets a round after it.
 */
export function createRefresher({ refresh, now, schedule }: RefresherOptions): Refresher {
  let running = false
  let requested = false
  let startedAt = Number.NEGATIVE_INFINITY
  let interval = MIN_INTERVAL_MS
  let cancel: (() => void) | undefined
  let stopped = false

  function scheduleRound(): void {
    if (stopped || running || cancel !== undefined) return
    const due = startedAt + interval - now()
    if (due <= 0) runRound()
    else {
      cancel = schedule(due, () => {
        cancel = undefined
        runRound()
      })
    }
  }

  function runRound(): void {
    interval = now() - startedAt > IDLE_RESET_MS ? MIN_INTERVAL_MS : Math.min(MAX_INTERVAL_MS, interval * 1.25)
    running = true
    requested = false
    startedAt = now()
    const done = () => {
      running = false
      if (requested) scheduleRound()
    }
    refresh().then(done, done)
  }

  return {
    request() {
      requested = true
      scheduleRound()
    },
    stop() {
      stopped = true
      cancel?.()
    },
  }
}
