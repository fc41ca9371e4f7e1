import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, ConstantBackoff, circuitBreaker, handleWhen } from 'cockatiel'
import type { ReadOutcome, SourceClock, SourceReport } from '../source.ts'
import { type ConsoleFault, toConsoleFault } from './console-error.ts'

export interface ScheduleOptions {
  readonly clock: SourceClock
  /** Takes one snapshot. @throws ConsoleError */
  readonly takeSnapshot: (signal: AbortSignal) => Promise<LimitSnapshot>
  readonly put: (snapshot: LimitSnapshot) => void
  readonly report: (report: SourceReport) => void
  /** Whether a browser profile exists. */
  readonly hasProfile: () => boolean
  /** A value that changes with every sign-in. */
  readonly lastSignIn: () => string | undefined
}

const SECOND = 1_000
const MINUTE = 60_000

const SNAPSHOT_INTERVAL_MS = 5 * MINUTE
/** Each interval is shorter or longer by up to this. */
const INTERVAL_JITTER_MS = MINUTE
const MAX_RETRIES = 5
const FIRST_RETRY_DELAY_MS = 30 * SECOND
const MAX_RETRY_DELAY_MS = 5 * MINUTE
const RETRY_JITTER_MS = 10 * SECOND
/** The interval while a person has to sign in. */
const NEEDS_LOGIN_INTERVAL_MS = 60 * MINUTE
const PAGE_CHANGED_INTERVAL_MS = 30 * MINUTE
/** The delay while a sign-in or another snapshot uses the profile. */
const BUSY_DELAY_MS = 15 * SECOND
const BREAKER_FAILURES = 3
const BREAKER_OPEN_MS = MINUTE
const BREAKER_SUCCESSES_TO_CLOSE = 2
/** The schedule checks the clock this often, because timers stop while the machine sleeps, and for a new sign-in. */
const POLL_INTERVAL_MS = 5 * SECOND

/**
 * Takes a snapshot of the usage page about every five minutes, with retries and a circuit breaker, until the signal is
 * aborted; only one at a time. After hours of sleep it takes one.
 */
export class ConsoleSchedule {
  readonly #options: ScheduleOptions
  #signal = new AbortController().signal
  #inProgress: Promise<ReadOutcome> | undefined
  #breaker: CircuitBreakerPolicy
  #breakerOpenUntil = Number.NEGATIVE_INFINITY
  #due = Number.NEGATIVE_INFINITY
  /** The time at which `#due` was set, and the delay: a clock that is set back must not make it longer. */
  #scheduled = { at: 0, delay: 0 }
  #retries = 0
  #lastSignIn: string | undefined
  #hadProfile: boolean | undefined
  #fault: ConsoleFault | undefined

  constructor(options: ScheduleOptions) {
    this.#options = options
    this.#breaker = this.#newBreaker()
  }

  /** Resolves after the signal was aborted and no snapshot is in progress. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    this.#signal = signal
    this.#lastSignIn = this.#options.lastSignIn()
    while (!signal.aborted) {
      if (this.#isDue()) await this.readNow()
      try {
        if (!signal.aborted) await clock.wait(Math.min(POLL_INTERVAL_MS, Math.max(SECOND, this.#due - clock.now())), signal)
      } catch (error) {
        if (!signal.aborted) throw error
      }
    }
    await this.#inProgress
  }

  /** Takes a snapshot now, or shares the result of the one in progress. Never rejects. */
  readNow(): Promise<ReadOutcome> {
    this.#inProgress ??= this.#attempt().finally(() => {
      this.#inProgress = undefined
    })
    return this.#inProgress
  }

  #isDue(): boolean {
    const { clock, hasProfile, lastSignIn, report } = this.#options
    const now = clock.now()
    const profile = hasProfile()
    const signIn = lastSignIn()
    if (signIn !== this.#lastSignIn) {
      // A new sign-in makes earlier failures irrelevant.
      this.#lastSignIn = signIn
      this.#reset(now)
    }
    if (!profile) {
      if (this.#hadProfile !== false) report({ state: 'waiting', did: 'not signed in yet', next: 'reads after `signalbox web login`' })
      this.#hadProfile = false
      return false
    }
    if (this.#hadProfile === false) this.#reset(now)
    this.#hadProfile = true
    if (now < this.#scheduled.at) this.#schedule(now, Math.min(this.#scheduled.delay, Math.max(0, this.#due - now)))
    return now >= this.#due
  }

  #reset(now: number): void {
    this.#retries = 0
    this.#fault = undefined
    this.#breaker = this.#newBreaker()
    this.#breakerOpenUntil = Number.NEGATIVE_INFINITY
    this.#schedule(now, 0)
  }

  async #attempt(): Promise<ReadOutcome> {
    const { clock, takeSnapshot, put, hasProfile, report } = this.#options
    if (this.#signal.aborted) return { ok: false, message: 'The collector is stopping.' }
    if (!hasProfile()) return { ok: false, message: 'Not signed in yet. Run: signalbox web login' }
    const started = clock.now()
    if (started < this.#breakerOpenUntil && this.#breakerOpenUntil - started <= BREAKER_OPEN_MS) {
      const seconds = Math.ceil((this.#breakerOpenUntil - started) / SECOND)
      return {
        ok: false,
        message: `${formatFault(this.#fault)} It failed several times in a row; the next attempt is possible in ${seconds} s.`,
      }
    }
    let snapshot: LimitSnapshot
    try {
      snapshot = await this.#breaker.execute(() => takeSnapshot(this.#signal))
    } catch (error) {
      if (this.#signal.aborted) return { ok: false, message: 'The collector is stopping.' }
      return this.#failed(toConsoleFault(error))
    }
    this.#retries = 0
    this.#fault = undefined
    const nextAttemptAt = this.#schedule(clock.now(), this.#regularInterval())
    put(snapshot)
    const readable = snapshot.windows.filter(({ state }) => state === 'known' || state === 'idle').length
    const partial = snapshot.isPartial ? `, of ${snapshot.windows.length}` : ''
    report({ state: 'ok', did: `read ${readable} windows${partial}`, next: 'reads again', nextAttemptAt })
    return { ok: true }
  }

  #failed(fault: ConsoleFault): ReadOutcome {
    const { clock, report } = this.#options
    const now = clock.now()
    const message = formatFault(fault)
    if (fault.reason === 'busy') {
      const nextAttemptAt = this.#schedule(now, BUSY_DELAY_MS)
      report({ state: 'waiting', did: message, next: 'reads when the profile is free', nextAttemptAt })
      return { ok: false, message }
    }
    this.#fault = fault
    const { delay, state, next } = this.#planRetry(fault)
    // No attempt is possible while the breaker is open.
    const nextAttemptAt = this.#schedule(now, Math.max(delay, this.#breakerOpenUntil - now))
    report({ state, did: 'could not read the page', next, nextAttemptAt, error: { category: fault.category, message } })
    return { ok: false, message }
  }

  #planRetry(fault: ConsoleFault): { delay: number; state: SourceReport['state']; next: string } {
    const { clock } = this.#options
    if (fault.category === 'SESSION_EXPIRED' || (fault.category === 'CONTEXT_CORRUPTED' && fault.reason !== 'locked')) {
      this.#retries = 0
      return {
        delay: NEEDS_LOGIN_INTERVAL_MS,
        state: 'needs_login',
        next: 'reads after `signalbox web login`; checks again every hour',
      }
    }
    if (fault.category === 'PAGE_CHANGED') {
      this.#retries = 0
      return { delay: PAGE_CHANGED_INTERVAL_MS, state: 'failing', next: 'checks again every half hour' }
    }
    if (this.#retries >= MAX_RETRIES) {
      this.#retries = 0
      return { delay: this.#regularInterval(), state: 'failing', next: 'reads again' }
    }
    const backoff = Math.min(MAX_RETRY_DELAY_MS, FIRST_RETRY_DELAY_MS * 2 ** this.#retries)
    this.#retries++
    return {
      delay: backoff + clock.random() * RETRY_JITTER_MS,
      state: 'failing',
      next: `retries (${this.#retries} of ${MAX_RETRIES})`,
    }
  }

  #regularInterval(): number {
    return SNAPSHOT_INTERVAL_MS + (this.#options.clock.random() * 2 - 1) * INTERVAL_JITTER_MS
  }

  /** @returns the due time of the next snapshot */
  #schedule(now: number, delay: number): number {
    this.#scheduled = { at: now, delay }
    this.#due = now + delay
    return this.#due
  }

  #newBreaker(): CircuitBreakerPolicy {
    const breaker = circuitBreaker(
      handleWhen((error) => toConsoleFault(error).reason !== 'busy'),
      {
        breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
        // cockatiel would use the machine's clock; the open time is measured here, by the given clock.
        halfOpenAfter: new ConstantBackoff(Number.NEGATIVE_INFINITY),
        halfOpenSampling: { calls: BREAKER_SUCCESSES_TO_CLOSE, threshold: 0 },
      },
    )
    breaker.onStateChange((state) => {
      if (state === CircuitState.Open) this.#breakerOpenUntil = this.#options.clock.now() + BREAKER_OPEN_MS
    })
    return breaker
  }
}

/** The fault as a sentence, with its suggestion. */
function formatFault(fault: ConsoleFault | undefined): string {
  if (fault === undefined) return ''
  const sentence = fault.message.charAt(0).toUpperCase() + fault.message.slice(1)
  return fault.suggestion === undefined ? sentence : `${sentence} ${fault.suggestion}`
}
