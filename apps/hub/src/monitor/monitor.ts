import { randomUUID } from 'node:crypto'
import { type Clock, instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { Logger } from '../log.ts'
import type { Rules } from '../state/held.ts'
import { silentMachine } from '../state/machine.ts'
import { beatFromTheFuture, silentSession } from '../state/session.ts'
import type { DueQuery, Store } from '../store/store.ts'
import { closing, LeftAlerts } from './left-alerts.ts'

/** Between two looks, in milliseconds: silence is to be noticed within three seconds. */
export const LOOK_MS = 1000
/** A look that comes this late was kept by something that kept heartbeats waiting too, in milliseconds. */
const LAG_MS = 5000
/** By how much the clock on the wall may disagree with the one that only grows, in milliseconds. */
const STEP_MS = 2000
const AT_ONCE = 500
/** How long a record that cannot be written is left alone, in milliseconds. */
const ASIDE_MS = 60_000
/** So many sessions that fall silent together are one broken line, and not so many broken sessions. */
const TOGETHER = { share: 0.3, atLeast: 5 }

const nothing = { events: [], result: false } as const

export interface MonitorParts {
  readonly store: Store
  readonly clock: Clock
  readonly rules: Rules
  readonly logger: Logger
}

/** Why everybody gets one more interval, as people read it. */
type Pause = { readonly reason: string; readonly alertId: string; readonly until: number; readonly told: boolean }

/**
 * Who is late? Each write has set the moment from which its session is overdue; here it is only asked whose moment has
 * passed. It never takes its own deafness for the silence of others: after its start, a lag, a step of the clock, a time
 * without a store, or when very many fall silent together, everybody gets one more interval.
 */
export class Monitor {
  readonly #parts: MonitorParts
  readonly #aside = new Map<string, number>()
  /** Since when we listen without a break. */
  #heardSince: number | undefined
  #lastLook = { wall: 0, monotonic: 0 }
  /** The store failed: what was sent since may not be there. */
  #deafAt: number | undefined
  #pause: Pause | undefined
  readonly #left: LeftAlerts

  constructor(parts: MonitorParts) {
    this.#parts = parts
    this.#left = new LeftAlerts(parts.store.events)
  }

  /** A heartbeat could not be kept: its silence is ours. */
  couldNotHear(): void {
    this.#deafAt = this.#parts.clock.now()
  }

  /** One look. @returns whether anything was found; @throws when the store cannot be asked */
  async look(): Promise<boolean> {
    const { store, clock } = this.#parts
    const now = clock.now()
    const monotonic = clock.monotonic()
    const heardSince = await this.#listenedSince(now, monotonic)
    this.#lastLook = { wall: now, monotonic }
    try {
      const sessions = await this.#sessions(now, heardSince)
      const machines = await this.#each(
        (limit) => store.machines.due({ now, heardSince: this.#heardSince!, limit }),
        (id, isStale) => store.machines.change(id, { now }, (held) => (isStale() ? nothing : silentMachine(held, this.#heardSince!, now))),
        now,
      )
      await this.#tellPause(now)
      await this.#left.close(now, monotonic, this.#pause?.alertId)
      return sessions || machines
    } catch (error) {
      this.#deafAt = now
      throw error
    }
  }

  /** Looks until the signal ends it; an error is logged, and the next look is the next try. */
  async run(signal: AbortSignal): Promise<void> {
    const { logger } = this.#parts
    let failing = false
    while (!signal.aborted) {
      try {
        await this.look()
        if (failing) logger.info('the monitor looks again')
        failing = false
      } catch (err) {
        // Said once: a store that is away for an hour would fill the log otherwise.
        if (!failing) logger.error({ err: err instanceof HubError ? (err.cause ?? err) : err }, 'the monitor could not look')
        failing = true
      }
      await pause(LOOK_MS, signal)
    }
  }

  async #listenedSince(now: number, monotonic: number): Promise<number> {
    const { store } = this.#parts
    if (this.#heardSince === undefined) return this.#pardon(now, 'The hub was started')
    const passed = monotonic - this.#lastLook.monotonic
    const step = now - this.#lastLook.wall - passed
    const deafAt = this.#deafAt
    if (deafAt !== undefined) {
      // Throws while it still fails, and then nobody is late.
      await store.check()
      if (step < -STEP_MS) await this.#redate(now)
      const since = await this.#pardon(now, 'The store could not be written')
      if (this.#deafAt === deafAt) this.#deafAt = undefined
      return since
    }
    if (Math.abs(step) > STEP_MS) {
      const way = step > 0 ? 'forward, or the machine slept,' : 'back'
      const since = await this.#pardon(now, `The clock was set ${way} by ${seconds(Math.abs(step))}`)
      if (step < 0) await this.#redate(now)
      return since
    }
    if (passed > LAG_MS) return this.#pardon(now, `The hub stood still for ${seconds(passed)}`)
    return this.#heardSince
  }

  async #sessions(now: number, heardSince: number): Promise<boolean> {
    const { store } = this.#parts
    const [first] = await store.sessions.due({ now, heardSince, limit: 1 })
    if (first === undefined) return false
    const { beating, falling } = await store.sessions.silence({ now, heardSince })
    if (falling >= TOGETHER.atLeast && falling >= TOGETHER.share * beating) {
      await this.#pardon(now, `${falling} of ${beating} sessions fell silent together`)
      return true
    }
    return this.#each(
      (limit) => store.sessions.due({ now, heardSince, limit }),
      (id, isStale) => store.sessions.change(id, {}, { now }, (held) => (isStale() ? nothing : silentSession(held, heardSince, now))),
      now,
      this.#lastLook.monotonic,
    )
  }

  /** Everybody gets one more interval from now on; told once, and only when somebody would have been called late. */
  async #pardon(now: number, reason: string): Promise<number> {
    const { store, logger, rules } = this.#parts
    const everybody = { now, heardSince: Number.MIN_SAFE_INTEGER, limit: 1 } satisfies DueQuery
    const late = (await store.sessions.due(everybody)).length + (await store.machines.due(everybody)).length
    // Not before: where the store fails here, the reason stays what it was.
    this.#heardSince = now
    if (late === 0) return now
    const until = now + Math.max(rules.stallMs, rules.machineOfflineMs)
    const again = this.#pause
    this.#pause = { reason, alertId: again?.alertId ?? randomUUID(), until, told: again?.told ?? false }
    logger.warn({ reason, until: instantOf(until) }, 'nobody is called late for one more interval')
    return now
  }

  /** That it began and that it is over, each once; where the store fails, with the next look. */
  async #tellPause(now: number): Promise<void> {
    const { events } = this.#parts.store
    if (this.#pause === undefined) return
    if (!this.#pause.told) {
      await events.append([{ event: 'alert.opened', data: aboutUs(this.#pause) }], { now })
      this.#pause = { ...this.#pause, told: true }
    }
    if (this.#pause.until > now) return
    await events.append([{ event: 'alert.closed', data: aboutUs(this.#pause) }], closing(this.#pause.alertId, now))
    this.#pause = undefined
  }

  /** Sessions that beat in what is now the future would be missed only when that is over. */
  async #redate(now: number): Promise<void> {
    const { store } = this.#parts
    await this.#each(
      (limit) => store.sessions.fromTheFuture(now, limit),
      (id) => store.sessions.change(id, {}, { now }, (held) => beatFromTheFuture(held, now)),
      now,
    )
  }

  /**
   * Takes all that are found, many in one commit. One that cannot be written steps aside, the others go on.
   * @param take is told whether the store has kept us waiting, and so perhaps the beats of whom it has found
   * @param since when we wait for it
   */
  async #each(
    find: (limit: number) => Promise<string[]>,
    take: (id: string, isStale: () => boolean) => Promise<boolean>,
    now: number,
    since = this.#parts.clock.monotonic(),
  ): Promise<boolean> {
    const { logger, clock } = this.#parts
    let began = since
    for (const [id, until] of this.#aside) if (until <= now) this.#aside.delete(id)
    let found = false
    for (;;) {
      const isStale = () => clock.monotonic() - began > LAG_MS
      const ids = (await find(AT_ONCE + this.#aside.size)).filter((id) => !this.#aside.has(id))
      const taken = await Promise.allSettled(ids.map((id) => take(id, isStale)))
      for (const [index, result] of taken.entries()) {
        if (result.status === 'fulfilled') {
          found ||= result.value
          continue
        }
        const { reason: err } = result
        // The store itself: nobody else would fare better.
        if (err instanceof HubError && (err.code === 'database_error' || err.code === 'unavailable')) throw err
        this.#aside.set(ids[index]!, now + ASIDE_MS)
        logger.error({ err, id: ids[index] }, 'a record could not be written and steps aside for a minute')
      }
      if (ids.length < AT_ONCE || isStale()) return found
      began = clock.monotonic()
    }
  }
}

function aboutUs({ reason, alertId, until }: Pause): Record<string, unknown> {
  return { alert_id: alertId, about: 'hub', kind: 'monitor_paused', reason, until: instantOf(until) }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
