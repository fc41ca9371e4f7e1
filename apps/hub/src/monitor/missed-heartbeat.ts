import type { Clock } from '../clock.ts'
import { isStoreOutage } from '../hub-error.ts'
import type { Logger } from '../log.ts'
import type { Listening } from '../state/listening.ts'
import { markMachineOverdue, redateFutureMachine } from '../state/machine-heartbeat.ts'
import { markSessionOverdue, redateFutureHeartbeat } from '../state/session-heartbeat.ts'
import { failStalled, releaseLostSlot } from '../state/session-stalled.ts'
import type { Store } from '../store/store.ts'

/** Longest lag of a step, in milliseconds; after a longer one heartbeats may have waited as well. */
export const MAX_LAG_MS = 5000
/** Records that are read and written together. */
const BATCH_SIZE = 500
/** More machines than any hub has: all of them are read in one list. */
const MAX_MACHINES = 1_000_000
/** How long a record that cannot be written is skipped, in milliseconds. */
const SKIP_MS = 60_000

const unchanged = { events: [], result: false } as const

export interface MissedHeartbeatOptions {
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
}

/** Changes overdue sessions and machines, many in one commit. A record that cannot be written is skipped for a minute. */
export class MissedHeartbeats {
  readonly #options: MissedHeartbeatOptions
  /** Ids of records that could not be written, and when each is tried again. */
  readonly #skipped = new Map<string, number>()

  constructor(options: MissedHeartbeatOptions) {
    this.#options = options
  }

  /**
   * @param readSince monotonic instant from which the answer of the store may be out of date
   * @returns whether any session was overdue
   */
  markSessions(now: number, listening: Listening, readSince: number): Promise<boolean> {
    const { sessions } = this.#options.store
    return this.#forEach(
      (limit) => sessions.due({ now, listening, limit }),
      (id, isStale) => sessions.change(id, {}, { now }, (state) => (isStale() ? unchanged : markSessionOverdue(state, listening, now))),
      now,
      readSince,
    )
  }

  /** @returns whether any machine was overdue */
  markMachines(now: number, listening: Listening): Promise<boolean> {
    const { machines } = this.#options.store
    return this.#forEach(
      (limit) => machines.due({ now, listening, limit }),
      (id, isStale) => machines.change(id, { now }, (state) => (isStale() ? unchanged : markMachineOverdue(state, listening, now))),
      now,
    )
  }

  /** Fails the sessions that were stalled for too long, and releases the slots of observed ones that were not seen for as long. */
  async endLongOverdue(now: number, failAfterMs: number, listening: Listening): Promise<void> {
    const { sessions } = this.#options.store
    await this.#forEach(
      (limit) => sessions.stalledTooLong({ now, failAfterMs, listening, limit }),
      (id) => sessions.change(id, { tasks: true }, { now }, (state) => failStalled(state, failAfterMs, listening, now)),
      now,
    )
    await this.#forEach(
      (limit) => sessions.lostSlots({ now, failAfterMs, listening, limit }),
      (id) => sessions.change(id, {}, { now }, (state) => releaseLostSlot(state, failAfterMs, listening, now)),
      now,
    )
  }

  /**
   * Moves heartbeats that lie in the future, after the clock was set back, to now; otherwise they would be overdue too late.
   * @param step negative
   * @param listening as it was before the step
   */
  async redate(now: number, step: number, listening: Listening): Promise<void> {
    const { sessions, machines } = this.#options.store
    await this.#forEach(
      (limit) => sessions.heartbeatsInFuture(now, limit),
      (id) => sessions.change(id, {}, { now }, (state) => redateFutureHeartbeat(state, listening, step, now)),
      now,
    )
    const { rows } = await machines.list({ limit: MAX_MACHINES, offset: 0 })
    for (const { machine_id: id, last_heartbeat } of rows) {
      if (last_heartbeat > now) await machines.change(id, { now }, (state) => redateFutureMachine(state, listening, step, now))
    }
  }

  /**
   * @param mark receives `isStale`, which is true after a lag of the store in which heartbeats may have waited as well
   * @throws HubError when the store itself fails
   */
  async #forEach(
    find: (limit: number) => Promise<string[]>,
    mark: (id: string, isStale: () => boolean) => Promise<boolean>,
    now: number,
    readSince = this.#options.clock.monotonic(),
  ): Promise<boolean> {
    const { logger, clock } = this.#options
    let batchStart = readSince
    for (const [id, until] of this.#skipped) if (until <= now) this.#skipped.delete(id)
    let found = false
    for (;;) {
      const isStale = () => clock.monotonic() - batchStart > MAX_LAG_MS
      const ids = (await find(BATCH_SIZE + this.#skipped.size)).filter((id) => !this.#skipped.has(id))
      const results = await Promise.allSettled(ids.map((id) => mark(id, isStale)))
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled') {
          found ||= result.value
          continue
        }
        const { reason: err } = result
        // A failing store would refuse every other record as well.
        if (isStoreOutage(err)) throw err
        this.#skipped.set(ids[index]!, now + SKIP_MS)
        logger.error({ err, id: ids[index] }, 'an overdue record could not be written and is skipped for a minute')
      }
      if (ids.length < BATCH_SIZE || isStale()) return found
      batchStart = clock.monotonic()
    }
  }
}
