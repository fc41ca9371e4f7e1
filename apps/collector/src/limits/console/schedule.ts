import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, ConstantBackoff, circuitBreaker, handleWhen } from 'cockatiel'
import type { ReadOutcome, SourceClock, SourceReport } from '../source.ts'
import { type ConsoleFault, faultOf } from './console-error.ts'

export interface ScheduleOptions {
  readonly clock: SourceClock
  /** Takes one reading. @throws ConsoleError */
  readonly read: (signal: AbortSignal) => Promise<LimitSnapshot>
  readonly put: (snapshot: LimitSnapshot) => void
  readonly report: (report: SourceReport) => void
  /** Whether there is a profile to read with. */
  readonly hasProfile: () => boolean
  /** Something that is another after every sign-in. */
  readonly signIn: () => string | undefined
}

const SECOND = 1_000
const MINUTE = 60_000

/** All in milliseconds. */
export const pace = {
  every: 5 * MINUTE,
  /** Each time it may be as much earlier or later. */
  give: MINUTE,
  retries: 5,
  firstRetry: 30 * SECOND,
  longestRetry: 5 * MINUTE,
  retryJitter: 10 * SECOND,
  /** While only a person can help. */
  needsLogin: 60 * MINUTE,
  pageChanged: 30 * MINUTE,
  /** While a person signs in, or somebody else reads. */
  busy: 15 * SECOND,
  breakAfter: 3,
  breakFor: MINUTE,
  closeAfter: 2,
  /** So often it looks whether it is time: a machine that slept tells no timer, and a sign-in rings no bell. */
  look: 5 * SECOND,
} as const

/**
 * Reads the page every five minutes or so, for ever, whatever happens; one reading at a time, whoever asks for it.
 * After a night asleep it reads once.
 */
export class ConsoleSchedule {
  readonly #options: ScheduleOptions
  #signal = new AbortController().signal
  #reading: Promise<ReadOutcome> | undefined
  #breaker: CircuitBreakerPolicy
  /** Before that no reading is taken. */
  #openUntil = Number.NEGATIVE_INFINITY
  #due = Number.NEGATIVE_INFINITY
  /** When it was decided, and how long it was to be: a clock that is set back must not make it longer. */
  #planned = { at: 0, wait: 0 }
  #retries = 0
  #signIn: string | undefined
  #hadProfile: boolean | undefined
  #fault: ConsoleFault | undefined

  constructor(options: ScheduleOptions) {
    this.#options = options
    this.#breaker = this.#newBreaker()
  }

  /** Resolves when the signal was aborted and no reading is under way. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    this.#signal = signal
    this.#signIn = this.#options.signIn()
    while (!signal.aborted) {
      if (this.#isTime()) await this.readNow()
      try {
        if (!signal.aborted) await clock.wait(Math.min(pace.look, Math.max(SECOND, this.#due - clock.now())), signal)
      } catch (error) {
        if (!signal.aborted) throw error
      }
    }
    await this.#reading
  }

  /** Takes a reading now, or answers for the one that is under way. Never rejects. */
  readNow(): Promise<ReadOutcome> {
    this.#reading ??= this.#attempt().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  #isTime(): boolean {
    const { clock, hasProfile, signIn } = this.#options
    const now = clock.now()
    const profile = hasProfile()
    const latest = signIn()
    if (latest !== this.#signIn) {
      // Whatever was wrong before, somebody has just signed in.
      this.#signIn = latest
      this.#startAfresh(now)
    }
    if (!profile) {
      if (this.#hadProfile !== false)
        this.#report({ state: 'waiting', did: 'nobody has signed in', next: 'reads after `signalbox console login`' })
      this.#hadProfile = false
      return false
    }
    if (this.#hadProfile === false) this.#startAfresh(now)
    this.#hadProfile = true
    if (now < this.#planned.at) this.#plan(now, Math.min(this.#planned.wait, Math.max(0, this.#due - now)))
    return now >= this.#due
  }

  #startAfresh(now: number): void {
    this.#retries = 0
    this.#fault = undefined
    this.#breaker = this.#newBreaker()
    this.#openUntil = Number.NEGATIVE_INFINITY
    this.#plan(now, 0)
  }

  async #attempt(): Promise<ReadOutcome> {
    const { clock, read, put, hasProfile } = this.#options
    if (this.#signal.aborted) return { ok: false, message: 'The collector is stopping.' }
    if (!hasProfile()) return { ok: false, message: 'Nobody has signed in. Run: signalbox console login' }
    const began = clock.now()
    if (began < this.#openUntil && this.#openUntil - began <= pace.breakFor) {
      return {
        ok: false,
        message: `${told(this.#fault)} It failed too often just now; it can be tried again in ${seconds(this.#openUntil - began)}.`,
      }
    }
    let snapshot: LimitSnapshot
    try {
      snapshot = await this.#breaker.execute(() => read(this.#signal))
    } catch (error) {
      if (this.#signal.aborted) return { ok: false, message: 'The collector is stopping.' }
      return this.#failed(faultOf(error))
    }
    this.#retries = 0
    this.#fault = undefined
    const next = this.#plan(clock.now(), pace.every + (clock.random() * 2 - 1) * pace.give)
    put(snapshot)
    const readable = snapshot.windows.filter(({ state }) => state === 'known' || state === 'idle').length
    const partial = snapshot.isPartial ? `, of ${snapshot.windows.length}` : ''
    this.#report({ state: 'ok', did: `read ${readable} windows${partial}`, next: 'reads again', nextAttemptAt: next })
    return { ok: true }
  }

  #failed(fault: ConsoleFault): ReadOutcome {
    const { clock } = this.#options
    const now = clock.now()
    const message = told(fault)
    if (fault.reason === 'busy') {
      const nextAttemptAt = this.#plan(now, pace.busy)
      this.#report({ state: 'waiting', did: message, next: 'reads when it is over', nextAttemptAt })
      return { ok: false, message }
    }
    this.#fault = fault
    const { wait, state, next } = this.#after(fault)
    // While the breaker is open there is no sense in trying.
    const nextAttemptAt = this.#plan(now, Math.max(wait, this.#openUntil - now))
    this.#report({ state, did: 'could not read the page', next, nextAttemptAt, error: { category: fault.category, message } })
    return { ok: false, message }
  }

  /** What is done after a failure. */
  #after(fault: ConsoleFault): { wait: number; state: SourceReport['state']; next: string } {
    const { clock } = this.#options
    if (fault.category === 'SESSION_EXPIRED' || (fault.category === 'CONTEXT_CORRUPTED' && fault.reason !== 'locked')) {
      this.#retries = 0
      return { wait: pace.needsLogin, state: 'needs_login', next: 'reads after `signalbox console login`; looks again every hour' }
    }
    if (fault.category === 'PAGE_CHANGED') {
      this.#retries = 0
      return { wait: pace.pageChanged, state: 'failing', next: 'looks again every half hour' }
    }
    if (this.#retries >= pace.retries) {
      this.#retries = 0
      return { wait: pace.every + (clock.random() * 2 - 1) * pace.give, state: 'failing', next: 'reads again' }
    }
    const growing = Math.min(pace.longestRetry, pace.firstRetry * 2 ** this.#retries)
    this.#retries++
    return {
      wait: growing + clock.random() * pace.retryJitter,
      state: 'failing',
      next: `tries again (${this.#retries} of ${pace.retries})`,
    }
  }

  #plan(now: number, wait: number): number {
    this.#planned = { at: now, wait }
    this.#due = now + wait
    return this.#due
  }

  #newBreaker(): CircuitBreakerPolicy {
    const breaker = circuitBreaker(
      handleWhen((error) => faultOf(error).reason !== 'busy'),
      {
        breaker: new ConsecutiveBreaker(pace.breakAfter),
        // It goes by the machine's clock; we wait by ours.
        halfOpenAfter: new ConstantBackoff(Number.NEGATIVE_INFINITY),
        halfOpenSampling: { calls: pace.closeAfter, threshold: 0 },
      },
    )
    breaker.onStateChange((state) => {
      if (state === CircuitState.Open) this.#openUntil = this.#options.clock.now() + pace.breakFor
    })
    return breaker
  }

  #report(report: SourceReport): void {
    this.#options.report(report)
  }
}

const told = (fault: ConsoleFault | undefined) =>
  fault === undefined ? '' : `${upper(fault.message)}${fault.suggestion === undefined ? '' : ` ${fault.suggestion}`}`
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const seconds = (ms: number) => `${Math.ceil(ms / SECOND)} s`
