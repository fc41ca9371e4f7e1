import type { Heartbeat, HeartbeatAnswer } from '@signalbox/contract/session-heartbeat'
import type { Clock } from './clock.ts'
import { ApiClientError, ValidationError } from './error.ts'
import type { Http } from './http.ts'
import { isWorthTryingSoon } from './retry.ts'

export interface HeartbeatOptions {
  /**
   * Milliseconds between two beats; default 60,000. Between 5,000 and 600,000 the hub is told of it and misses the session
   * after three of them; beyond that it goes by its own threshold, five minutes unless set otherwise.
   */
  readonly intervalMs?: number | undefined
  /** What each beat says besides that the session lives; a function is asked anew each time. */
  readonly body?: Heartbeat | (() => Heartbeat) | undefined
  /** Ends the beating, like `stop`. */
  readonly signal?: AbortSignal | undefined
  readonly onBeat?: ((answer: HeartbeatAnswer) => void) | undefined
  /** Hears of every beat that failed: `failures` in a row so far, tried again in `retryIn` milliseconds. */
  readonly onError?: ((error: Error, state: HeartbeatFailure) => void) | undefined
  /** Hears, once, when it stopped by itself, and why. */
  readonly onEnd?: ((end: HeartbeatEnd) => void) | undefined
}

export interface HeartbeatFailure {
  readonly failures: number
  readonly retryIn: number
}

export interface HeartbeatEnd {
  /** The session has ended, there is no such session, or the key is refused and would be for ever. */
  readonly reason: 'ended' | 'gone' | 'refused'
  readonly error: ApiClientError
}

export interface BeatingHeart {
  /** No beat begins after this, one on its way is called back, and no callback is called any more. */
  stop(): void
}

const USUAL_INTERVAL = 60_000
const FIRST_RETRY = 1000
/** While the hub is away: a session that nobody could hear should be heard of soon after it is back. */
const LONGEST_RETRY = 10_000
/** Beyond it a timer goes off at once. */
const LONGEST_TIMER = 2_147_483_647

/** Beats at once and then every interval, one beat at a time, until stopped. Never throws, never keeps a process alive. */
export function keepBeating(http: Http, clock: Clock, sessionId: string, options: HeartbeatOptions): BeatingHeart {
  const { intervalMs: wanted = USUAL_INTERVAL, body = {}, signal, onBeat, onError, onEnd } = options
  const interval = wanted > 0 ? Math.min(wanted, LONGEST_TIMER) : USUAL_INTERVAL
  const ending = new AbortController()
  const stop = () => {
    signal?.removeEventListener('abort', stop)
    ending.abort()
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  let promise = promiseOf(interval)
  let failures = 0

  /** @returns milliseconds until the next beat; undefined when there is to be none */
  const beat = async (): Promise<number | undefined> => {
    const began = clock.now()
    try {
      const said = typeof body === 'function' ? body() : body
      const answer = await http.send<HeartbeatAnswer>({
        method: 'POST',
        path: '/sessions/:id/heartbeat',
        id: sessionId,
        body: { ...promise, ...said },
        // Its own next beat is the retry.
        retry: false,
        signal: ending.signal,
      })
      if (ending.signal.aborted) return undefined
      promise = {}
      failures = 0
      onBeat?.(answer)
    } catch (problem) {
      if (ending.signal.aborted) return undefined
      const reason = endedBy(problem)
      if (reason !== undefined) {
        stop()
        quietly(() => onEnd?.({ reason, error: problem as ApiClientError }))
        return undefined
      }
      const retryIn = retryDelay(problem, failures++)
      quietly(() => onError?.(problem instanceof Error ? problem : new Error(String(problem)), { failures, retryIn }))
      return retryIn
    }
    // Counted from the beginning of the beat, and a clock that was set changes nothing.
    return Math.min(interval, Math.max(0, began + interval - clock.now()))
  }

  const retryDelay = (problem: unknown, before: number): number => {
    if (!isWorthTryingSoon(problem)) return interval
    const backoff = Math.min(interval, LONGEST_RETRY, FIRST_RETRY * 2 ** before) * (0.75 + clock.random() / 2)
    return Math.min(LONGEST_TIMER, Math.round(Math.max(problem.retryAfter ?? 0, backoff)))
  }

  const run = async () => {
    while (!ending.signal.aborted) {
      const pause = await beat()
      if (pause === undefined) return
      await clock.wait(pause, ending.signal, { idle: true })
    }
  }
  // A wait ends with the abort; there is nothing else to hear of.
  run().catch(() => {})
  return { stop }
}

/** Within these bounds the hub takes it as a promise. */
export function promiseOf(interval: number): { heartbeat_interval_ms?: number } {
  return Number.isInteger(interval) && interval >= 5_000 && interval <= 600_000 ? { heartbeat_interval_ms: interval } : {}
}

function endedBy(problem: unknown): HeartbeatEnd['reason'] | undefined {
  // An id that cannot even be asked for.
  if (problem instanceof ValidationError && problem.status === undefined) return 'gone'
  if (!(problem instanceof ApiClientError) || !problem.byHub) return undefined
  if (problem.status === 409) return 'ended'
  if (problem.status === 404) return 'gone'
  // A client has one key for life, and the hub counts refused keys against the whole address.
  if (problem.status === 401 || problem.status === 403) return 'refused'
  return undefined
}

/** The caller's own callback must not end the beating, nor the process. */
function quietly(tell: () => void): void {
  try {
    tell()
  } catch {
    // It is the caller's, and there is nobody left to tell.
  }
}
