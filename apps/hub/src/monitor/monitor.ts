import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { Rules } from '../state/change-set.ts'
import { Listening } from '../state/listening.ts'
import type { DueQuery } from '../store/session.ts'
import { MAX_LAG_MS, type MissedHeartbeatOptions, MissedHeartbeats } from './missed-heartbeat.ts'
import { OrphanedPauses, resumedOnce } from './orphaned-pause.ts'

/** Interval between two checks, in milliseconds: a missed heartbeat is to be noticed within three seconds. */
const CHECK_INTERVAL_MS = 1000
/** Largest difference by which the wall clock may disagree with the monotonic one, in milliseconds. */
const MAX_CLOCK_STEP_MS = 2000
/** Sessions that miss their heartbeats together: from this share and number on, one lost connection is more likely than as many failures. */
const MASS_LOSS = { share: 0.3, atLeast: 5 }
/** Three of the longest interval that a session may promise, in milliseconds. */
const LONGEST_PROMISE_MS = 1_800_000
/**
 * How often it is noted that heartbeats are received, in milliseconds: a tenth of the time since the start, so that a hub
 * that is killed again and again loses little of what it has listened, and one that runs for long seldom writes.
 */
const NOTE_INTERVAL = { atLeast: 1000, atMost: 10_000, ofUptime: 0.1 }

export interface MonitorOptions extends MissedHeartbeatOptions {
  readonly rules: Rules
  /**
   * How often a timer outside of the process asks for a check, in milliseconds, where the process may be frozen between two
   * requests; undefined in a process that checks by itself, once a second.
   */
  readonly tickMs?: number | undefined
}

/** A grace period, and its reason as people read it. */
interface Pause {
  readonly reason: string
  readonly pauseId: string
  readonly until: number
  readonly published: boolean
}

/** An instant on both clocks. */
interface Instant {
  readonly wall: number
  readonly monotonic: number
}

/** A step of the clock back, after which heartbeats lie in the future. */
interface StepBack {
  readonly step: number
  /** As it was before. */
  readonly listening: Listening
}

/**
 * Finds sessions and machines whose heartbeat is overdue. Each write has stored the moment from which its session is
 * overdue; the monitor only asks which of these have passed. It does not report the hub's own outages as stalled sessions:
 * the time for which the hub was down, stood still, could not write, or that its clock only skipped, does not count, and
 * when very many sessions are overdue together, the time since the first of them stopped does not either. These gaps are
 * stored, so that they count once, however often the hub starts. The time in which another hub on the store went on checking
 * was not missed: then this one takes over what the store says.
 */
export class Monitor {
  readonly #options: MonitorOptions
  readonly #missed: MissedHeartbeats
  readonly #orphaned: OrphanedPauses
  /** Undefined until it was read from the store. */
  #listening: Listening | undefined
  #started: Instant = { wall: 0, monotonic: 0 }
  /** Of the last check that neither failed nor lagged: what came after it may be missing. */
  #lastGoodCheck: Instant = { wall: 0, monotonic: 0 }
  /** Where the two clocks agreed last; small differences add up from here. */
  #clocksAgreed: Instant = { wall: 0, monotonic: 0 }
  /** Of the last note of this hub in the store. */
  #noted: Instant = { wall: 0, monotonic: 0 }
  #stepBack: StepBack | undefined
  /** The last failure of the store: heartbeats sent since may be lost. */
  #outageAt: number | undefined
  #pause: Pause | undefined

  constructor(options: MonitorOptions) {
    this.#options = options
    this.#missed = new MissedHeartbeats(options)
    this.#orphaned = new OrphanedPauses(options.store.events)
  }

  /** When the last check ended that did not fail, by the monotonic clock. */
  get checkedAt(): number {
    return this.#lastGoodCheck.monotonic
  }

  /** Notes that a heartbeat could not be stored, so that its absence is not taken for a stalled session. */
  noteStoreOutage(): void {
    this.#outageAt = this.#options.clock.now()
  }

  /** One check. @returns whether anything was overdue; @throws when the store cannot be read */
  async check(): Promise<boolean> {
    const { clock, rules } = this.#options
    const at = { wall: clock.now(), monotonic: clock.monotonic() }
    const { wall: now } = at
    const listening = await this.#updateListening(at)
    try {
      const sessions = await this.#checkSessions(at, listening)
      const machines = await this.#missed.markMachines(now, listening)
      await this.#missed.endLongOverdue(now, rules.stalledFailMs, listening)
      await this.#publishPause(now)
      await this.#orphaned.close(now, at.monotonic, this.#pause?.pauseId)
      await this.#noteListening(at)
      if (clock.monotonic() - at.monotonic <= MAX_LAG_MS) this.#lastGoodCheck = at
      return sessions || machines
    } catch (error) {
      this.#outageAt = now
      throw error
    }
  }

  /** Checks until the signal ends it; an error is logged, and the next check tries again. */
  async run(signal: AbortSignal): Promise<void> {
    const { logger } = this.#options
    let failing = false
    while (!signal.aborted) {
      try {
        await this.check()
        if (failing) logger.info('the monitor works again')
        failing = false
      } catch (err) {
        // Logged once: a store that is away for an hour would fill the log otherwise.
        if (!failing) logger.error({ err: err instanceof HubError ? (err.cause ?? err) : err }, 'the monitor could not check heartbeats')
        failing = true
      }
      await sleep(CHECK_INTERVAL_MS, undefined, { signal }).catch(() => {})
    }
    await this.#noteStop()
  }

  /** Notes the time until now, so that the hub misses only the time until it starts again. */
  async #noteStop(): Promise<void> {
    const { clock, store, logger } = this.#options
    if (this.#listening === undefined) return
    const at = { wall: clock.now(), monotonic: clock.monotonic() }
    try {
      await this.#updateListening(at)
      await store.listening.noteUntil(at.wall)
    } catch (err) {
      logger.warn({ err }, 'the end of the monitor could not be noted: the hub will count some seconds more as missed')
    }
  }

  async #noteListening(at: Instant): Promise<void> {
    const { atLeast, atMost, ofUptime } = NOTE_INTERVAL
    const interval = Math.min(atMost, Math.max(atLeast, (at.monotonic - this.#started.monotonic) * ofUptime))
    // Each of many short-lived processes is the only one that knows of its checks.
    if (this.#options.tickMs === undefined && at.monotonic - this.#noted.monotonic < interval) return
    await this.#options.store.listening.noteUntil(at.wall)
    this.#noted = at
  }

  /**
   * Goes on with what another hub has noted while this one stood still.
   * @returns the time since that hub's last note; undefined when there was none after this one's own check
   */
  async #takeOver(at: Instant): Promise<number | undefined> {
    const { store, rules } = this.#options
    const { until, gaps } = await store.listening.read()
    // Of its own, or of a hub that stood still too and whose clock is ahead.
    if (until === undefined || until <= Math.max(this.#noted.wall, this.#lastGoodCheck.wall) || until > at.wall) return undefined
    this.#listening = new Listening(gaps, longestTimeoutMs(rules))
    return at.wall - until
  }

  /** Adds a gap when heartbeats may have been lost, or the clock was set, since the last check. */
  async #updateListening(at: Instant): Promise<Listening> {
    const { store, tickMs } = this.#options
    if (this.#listening === undefined) return this.#start(at)
    const listening = this.#listening
    const outageAt = this.#outageAt
    // Throws while the store still fails, and then nothing is marked overdue.
    if (outageAt !== undefined) await store.check()
    const elapsed = at.monotonic - this.#lastGoodCheck.monotonic
    const step = at.wall - this.#clocksAgreed.wall - (at.monotonic - this.#clocksAgreed.monotonic)
    const isStep = Math.abs(step) > MAX_CLOCK_STEP_MS
    const isMissed = outageAt !== undefined || elapsed > MAX_LAG_MS
    // A frozen process knows nothing; what ticks have noted is in the store.
    if (tickMs !== undefined && outageAt === undefined && (isStep || isMissed)) return this.#start(at)
    const other = outageAt === undefined && isMissed ? await this.#takeOver(at) : undefined
    if (other !== undefined) {
      if (other > MAX_LAG_MS) await this.#addGap(at.wall, Math.round(other), reasonOf({ outage: false, step: 0, elapsed: other }))
      this.#lastGoodCheck = at
      this.#clocksAgreed = at
    } else if (isStep || isMissed) {
      // The monotonic clock has fractions of a millisecond; the store keeps whole ones, and refuses others.
      const missed = Math.round((isMissed ? elapsed : 0) + (isStep ? step : 0))
      if (missed < 0) this.#stepBack ??= { step: missed, listening: listening.copy() }
      await this.#addGap(at.wall, missed, reasonOf({ outage: outageAt !== undefined, step: isStep ? step : 0, elapsed }))
      if (isStep) this.#clocksAgreed = at
      if (this.#outageAt === outageAt) this.#outageAt = undefined
      // Where what follows fails, the same gap must not be added again.
      this.#lastGoodCheck = at
    }
    await this.#redate(at.wall)
    return this.#listening
  }

  /** Reads what the monitors before have noted: the time since then was missed, unless ticks go on. */
  async #start(at: Instant): Promise<Listening> {
    const { store, rules, tickMs } = this.#options
    const { wall: now } = at
    this.#started = at
    const { until, gaps } = await store.listening.read()
    const open = await this.#orphaned.newest()
    const listening = new Listening(gaps, longestTimeoutMs(rules))
    if (open !== undefined) this.#pause = { reason: open.reason, pauseId: open.id, until: open.until, published: true }
    // Set back while the hub was down, or the clock of another hub is ahead.
    const stepBack = until === undefined ? 0 : Math.min(0, now - until)
    const isStep = stepBack < -MAX_CLOCK_STEP_MS
    if (isStep) this.#stepBack = { step: stepBack, listening: listening.copy() }
    // The store of an earlier version has no note of the time: every session then has one whole interval.
    const since = until === undefined ? now : isStep ? stepBack : Math.max(0, now - until)
    // Ticks come when they come: one may be late, or fail.
    const missed = tickMs !== undefined && since > 0 && since <= 2 * tickMs ? 0 : since
    await this.#addGap(now, missed, 'The hub was started', listening)
    this.#listening = listening
    this.#lastGoodCheck = at
    this.#clocksAgreed = at
    this.#outageAt = undefined
    await this.#redate(now)
    return listening
  }

  async #redate(now: number): Promise<void> {
    if (this.#stepBack === undefined) return
    const { step, listening } = this.#stepBack
    await this.#missed.redate(now, step, listening)
    this.#stepBack = undefined
  }

  async #checkSessions({ wall: now, monotonic }: Instant, listening: Listening): Promise<boolean> {
    const { sessions } = this.#options.store
    const [first] = await sessions.due({ now, listening, limit: 1 })
    if (first === undefined) return false
    const { monitored, overdueTogether, since } = await sessions.countOverdue({ now, listening })
    if (overdueTogether >= MASS_LOSS.atLeast && overdueTogether >= MASS_LOSS.share * monitored) {
      await this.#addGap(now, now - since, `${overdueTogether} of ${monitored} sessions missed their heartbeats together`)
      return true
    }
    return this.#missed.markSessions(now, listening, monotonic)
  }

  /**
   * Adds a gap up to now; a pause begins, or goes on, when anything would be overdue now without it.
   * @param missed milliseconds; negative when the clock was set back
   */
  async #addGap(now: number, missed: number, reason: string, listening = this.#listening!): Promise<void> {
    const { store, clock, logger, rules } = this.#options
    const overdueNow = { now, listening, limit: 1 } satisfies DueQuery
    const held = missed > 0 && ((await store.sessions.due(overdueNow)).length > 0 || (await store.machines.due(overdueNow)).length > 0)
    const gap = missed < 0 ? { from: now, to: now, step: missed } : { from: now - missed, to: now, step: 0 }
    if (missed === 0) await store.listening.noteUntil(now)
    else await store.listening.addGap(gap, now)
    this.#noted = { wall: now, monotonic: clock.monotonic() }
    listening.add(gap)
    // What a running pause has held back is held back for as much longer.
    const length = Math.min(missed, longestTimeoutMs(rules))
    const running = this.#pause && { ...this.#pause, until: this.#pause.until + length }
    this.#pause = running
    if (!held) return
    const until = Math.max(now + length, running?.until ?? 0)
    this.#pause = { reason, pauseId: running?.pauseId ?? randomUUID(), until, published: running?.published ?? false }
    logger.warn({ reason, until: instantOf(until) }, 'a grace period begins: the time in which heartbeats were missed does not count')
  }

  /** Publishes the start and the end of a pause, each once; where the store fails, the next check tries again. */
  async #publishPause(now: number): Promise<void> {
    const { events } = this.#options.store
    if (this.#pause === undefined) return
    if (!this.#pause.published) {
      const data = pauseData(this.#pause)
      await events.append([{ event: 'monitor.paused', data }], { now, audit: () => ({ action: 'monitor.paused', details: data }) })
      this.#pause = { ...this.#pause, published: true }
    }
    if (this.#pause.until > now) return
    const data = pauseData(this.#pause)
    await events.append([{ event: 'monitor.resumed', data }], resumedOnce(this.#pause.pauseId, now, data))
    this.#pause = undefined
  }
}

function longestTimeoutMs({ stallMs, machineOfflineMs }: Rules): number {
  return Math.max(stallMs, machineOfflineMs, LONGEST_PROMISE_MS)
}

function reasonOf({ outage, step, elapsed }: { outage: boolean; step: number; elapsed: number }): string {
  if (outage) return 'The hub database could not be written'
  if (step === 0) return `The hub stood still for ${formatSeconds(elapsed)}`
  const direction = step > 0 ? 'forward, or the machine slept,' : 'back'
  return `The clock was set ${direction} by ${formatSeconds(Math.abs(step))}`
}

function pauseData({ reason, pauseId, until }: Pause): Record<string, unknown> {
  return { alert_id: pauseId, about: 'hub', kind: 'monitor_paused', reason, until: instantOf(until) }
}

function formatSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
