export interface RefresherOptions {
  /** Asks for everything again that changed; resolves when the answers are there. */
  readonly refresh: () => Promise<unknown>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls back after so many milliseconds; hands back what cancels it. */
  readonly after: (milliseconds: number, run: () => void) => () => void
}

export interface Refresher {
  /** Something changed. */
  poke(): void
  stop(): void
}

/** At least this long between the beginnings of two rounds, in milliseconds. */
const GAP = 250
/** Under a steady rain of changes the gap grows to this: with the way from the transcript to us, still within a second. */
const WIDEST_GAP = 700
/** Quiet for so long, and the next change is answered at once again. */
const CALM = 3_000

/**
 * Turns changes into rounds of asking: the first at once, those that come while a round runs or within the gap together
 * in the next one. No change is lost: one that comes during a round always has a round after it.
 */
export function createRefresher({ refresh, now, after }: RefresherOptions): Refresher {
  let running = false
  let wanted = false
  let began = Number.NEGATIVE_INFINITY
  let gap = GAP
  let cancel: (() => void) | undefined
  let stopped = false

  function schedule(): void {
    if (stopped || running || cancel !== undefined) return
    const due = began + gap - now()
    if (due <= 0) run()
    else {
      cancel = after(due, () => {
        cancel = undefined
        run()
      })
    }
  }

  function run(): void {
    gap = now() - began > CALM ? GAP : Math.min(WIDEST_GAP, gap * 1.25)
    running = true
    wanted = false
    began = now()
    const done = () => {
      running = false
      if (wanted) schedule()
    }
    refresh().then(done, done)
  }

  return {
    poke() {
      wanted = true
      schedule()
    },
    stop() {
      stopped = true
      cancel?.()
    },
  }
}
