import { CircuitState, ConsecutiveBreaker, ConstantBackoff, circuitBreaker, handleWhen, retry } from 'cockatiel'

/** Tries after the first one, and milliseconds between them. */
const RETRIES = 2
const RETRY_DELAY = 2_000
/** Questions in a row that came to nothing, and milliseconds without any after that. */
const FAILURES = 3
const REST = 60_000

export interface LineState {
  /** `retrying`: a try has failed and there will be another. `open`: nothing is asked until `trialAt`. */
  readonly phase: 'calm' | 'retrying' | 'open'
  /** What the last try ended with, until one succeeds. */
  readonly failure?: unknown
  /** Of `open`: milliseconds, as `now` counts them. */
  readonly trialAt?: number
}

export interface CarefulLineOptions {
  /** Whether an error is one of the way or of the other end, and may be over in a moment. */
  readonly passing: (error: unknown) => boolean
  /** Milliseconds that only go forward. */
  readonly now: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface CarefulLine {
  readonly state: () => LineState
  readonly subscribe: (listener: () => void) => () => void
  /**
   * Asks, again when that may help, and not at all while the line is open.
   * @throws what the last try threw; BrokenCircuitError while the line is open
   */
  readonly ask: <T>(request: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>
  /** The next question goes through whatever the line thinks: a person wants it, or the hub has just been heard. */
  readonly letPast: () => void
}

/** Two more tries; and three questions in vain give the other end a minute of rest, then one try says whether it is over. */
export function createCarefulLine({ passing, now, wait }: CarefulLineOptions): CarefulLine {
  let state: LineState = { phase: 'calm' }
  let breaker = newBreaker()
  let past = false
  const listeners = new Set<() => void>()

  function newBreaker() {
    const made = circuitBreaker(handleWhen(passing), { halfOpenAfter: REST, breaker: new ConsecutiveBreaker(FAILURES) })
    made.onBreak(() => show({ ...state, phase: 'open', trialAt: now() + REST }))
    return made
  }

  function show(next: LineState): void {
    state = next
    for (const listener of listeners) listener()
  }

  /** While the line is open it stays so, whatever a question that was let past comes to. */
  const failing = (failure: unknown, phase: LineState['phase']) => show(state.phase === 'open' ? { ...state, failure } : { phase, failure })

  async function round<T>(request: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, retries: number): Promise<T> {
    // Its own wait would not end on abort, so it waits for nothing and we do the waiting.
    const policy = retry(handleWhen(passing), { maxAttempts: retries, backoff: new ConstantBackoff(0) })
    let tries = 0
    return policy.execute(async () => {
      if (tries++ > 0) await wait(RETRY_DELAY, signal)
      signal.throwIfAborted()
      try {
        return await request(signal)
      } catch (error) {
        if (!signal.aborted) failing(error, passing(error) && tries <= retries ? 'retrying' : 'calm')
        throw error
      }
    }, signal)
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async ask(request, signal) {
      const around = past && breaker.state === CircuitState.Open
      try {
        const answer = around
          ? await round(request, signal, RETRIES)
          : await breaker.execute(() => round(request, signal, breaker.state === CircuitState.HalfOpen ? 0 : RETRIES), signal)
        if (around) breaker = newBreaker()
        if (state.phase !== 'calm' || state.failure !== undefined) show({ phase: 'calm' })
        return answer
      } finally {
        // One that was given up for another has not been through: that other one may.
        if (!signal.aborted) past = false
      }
    },
    letPast() {
      past = true
    },
  }
}
