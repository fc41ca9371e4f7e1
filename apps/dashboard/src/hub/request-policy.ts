import { CircuitState, ConsecutiveBreaker, ConstantBackoff, circuitBreaker, handleWhen, retry } from 'cockatiel'

const MAX_RETRIES = 2
const RETRY_DELAY_MS = 2_000
/** Consecutive failed requests that open the circuit, and how long it stays open. */
const FAILURES_TO_OPEN = 3
const OPEN_MS = 60_000

export interface RequestState {
  /** `retrying`: an attempt failed and another follows. `open`: the circuit rejects requests until `retryAt`. */
  readonly phase: 'closed' | 'retrying' | 'open'
  /** Error of the last attempt, until one succeeds. */
  readonly failure?: unknown
  /** Set while `open`, on the clock of `now`. */
  readonly retryAt?: number
}

export interface RequestPolicyOptions {
  /** Whether an error comes from the network or the server and may be gone on the next attempt. */
  readonly isTransient: (error: unknown) => boolean
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface RequestPolicy {
  readonly state: () => RequestState
  readonly subscribe: (listener: () => void) => () => void
  /**
   * Sends a request, with retries for transient errors.
   * @throws the error of the last attempt; BrokenCircuitError while the circuit is open
   */
  readonly execute: <T>(request: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>
  /** Lets the next request pass an open circuit: the user asked for it, or the hub has just responded elsewhere. */
  readonly bypassOnce: () => void
}

/** A retry policy with two retries inside a circuit breaker that opens for a minute after three failed requests. */
export function createRequestPolicy({ isTransient, now, wait }: RequestPolicyOptions): RequestPolicy {
  let state: RequestState = { phase: 'closed' }
  let breaker = createBreaker()
  let bypass = false
  const listeners = new Set<() => void>()

  function createBreaker() {
    const created = circuitBreaker(handleWhen(isTransient), { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) })
    created.onBreak(() => setState({ ...state, phase: 'open', retryAt: now() + OPEN_MS }))
    return created
  }

  function setState(next: RequestState): void {
    state = next
    for (const listener of listeners) listener()
  }

  /** A failed bypass leaves the circuit open. */
  const recordFailure = (failure: unknown, phase: RequestState['phase']) =>
    setState(state.phase === 'open' ? { ...state, failure } : { phase, failure })

  async function sendWithRetries<T>(request: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, maxRetries: number): Promise<T> {
    // Cockatiel's backoff does not end on abort, so it is zero and `wait` delays instead.
    const policy = retry(handleWhen(isTransient), { maxAttempts: maxRetries, backoff: new ConstantBackoff(0) })
    let attempts = 0
    return policy.execute(async () => {
      if (attempts++ > 0) await wait(RETRY_DELAY_MS, signal)
      signal.throwIfAborted()
      try {
        return await request(signal)
      } catch (error) {
        if (!signal.aborted) recordFailure(error, isTransient(error) && attempts <= maxRetries ? 'retrying' : 'closed')
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
    async execute(request, signal) {
      const bypassed = bypass && breaker.state === CircuitState.Open
      try {
        const response = bypassed
          ? await sendWithRetries(request, signal, MAX_RETRIES)
          : await breaker.execute(() => sendWithRetries(request, signal, breaker.state === CircuitState.HalfOpen ? 0 : MAX_RETRIES), signal)
        if (bypassed) breaker = createBreaker()
        if (state.phase !== 'closed' || state.failure !== undefined) setState({ phase: 'closed' })
        return response
      } finally {
        // An aborted request leaves its bypass to the request that replaced it.
        if (!signal.aborted) bypass = false
      }
    },
    bypassOnce() {
      bypass = true
    },
  }
}
