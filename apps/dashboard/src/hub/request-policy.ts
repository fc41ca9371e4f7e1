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
   * @throws the error of the last attempt; an error of its own while the circuit is open
   */
  readonly execute: <T>(request: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>
  /** Lets the next request pass an open circuit: the user asked for it, or the hub has just responded elsewhere. */
  readonly bypassOnce: () => void
}

/** Rejects a request while the circuit is open. */
class OpenCircuitError extends Error {}

/** A retry policy with two retries inside a circuit breaker that opens for a minute after three failed requests. */
export function createRequestPolicy({ isTransient, now, wait }: RequestPolicyOptions): RequestPolicy {
  let state: RequestState = { phase: 'closed' }
  /** Failed requests in a row. */
  let failures = 0
  /** One request at a time tries whether an open circuit may close. */
  let isProbing = false
  let bypass = false
  const listeners = new Set<() => void>()

  function setState(next: RequestState): void {
    state = next
    for (const listener of listeners) listener()
  }

  /** A failed bypass leaves the circuit open. */
  const recordFailure = (failure: unknown, phase: RequestState['phase']) =>
    setState(state.phase === 'open' ? { ...state, failure } : { phase, failure })

  async function sendWithRetries<T>(request: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, maxRetries: number): Promise<T> {
    for (let retries = 0; ; retries++) {
      if (retries > 0) await wait(RETRY_DELAY_MS, signal)
      signal.throwIfAborted()
      try {
        return await request(signal)
      } catch (error) {
        if (signal.aborted) throw error
        const retrying = isTransient(error) && retries < maxRetries
        recordFailure(error, retrying ? 'retrying' : 'closed')
        if (!retrying) throw error
      }
    }
  }

  async function sendThroughBreaker<T>(request: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const isOpen = state.phase === 'open'
    if (isOpen && (isProbing || now() < (state.retryAt ?? 0))) throw new OpenCircuitError('The circuit is open')
    isProbing = isOpen
    try {
      return await sendWithRetries(request, signal, isOpen ? 0 : MAX_RETRIES)
    } catch (error) {
      if (!signal.aborted && isTransient(error) && (++failures >= FAILURES_TO_OPEN || isOpen))
        setState({ ...state, phase: 'open', retryAt: now() + OPEN_MS })
      throw error
    } finally {
      if (isOpen) isProbing = false
    }
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async execute(request, signal) {
      const bypassed = bypass && state.phase === 'open'
      try {
        const response = bypassed ? await sendWithRetries(request, signal, MAX_RETRIES) : await sendThroughBreaker(request, signal)
        failures = 0
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
