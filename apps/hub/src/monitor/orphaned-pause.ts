import type { Change } from '../store/change.ts'
import type { EventStore } from '../store/event.ts'

/** Interval between two reads of new events from the log, in milliseconds. */
const READ_INTERVAL_MS = 10_000
/** How long after its end a pause is left to its own hub, in milliseconds: that hub may be busy, or its clock behind. */
const OWNER_GRACE_MS = 60_000
const PAGE_EVENTS = 1000

interface OpenPause {
  readonly data: Record<string, unknown>
  /** Milliseconds. */
  readonly until: number
}

/** Closes the pauses that a crashed hub left open, once their time is over. */
export class OrphanedPauses {
  readonly #events: EventStore
  readonly #open = new Map<string, OpenPause>()
  /** Id of the last event that was read. */
  #lastRead = 0
  /** Monotonic. */
  #readAt = Number.NEGATIVE_INFINITY

  constructor(events: EventStore) {
    this.#events = events
  }

  /** The pause that was opened last and is still open: a hub that starts again goes on with it. */
  async newest(): Promise<{ id: string; reason: string; until: number } | undefined> {
    await this.#read()
    const [id, pause] = [...this.#open].at(-1) ?? []
    return id === undefined || pause === undefined ? undefined : { id, reason: String(pause.data.reason), until: pause.until }
  }

  /** @param own id of this hub's own open pause */
  async close(now: number, monotonic: number, own: string | undefined): Promise<void> {
    if (monotonic - this.#readAt >= READ_INTERVAL_MS) {
      await this.#read()
      this.#readAt = monotonic
    }
    for (const [id, { data, until }] of this.#open) {
      if (id === own || until + OWNER_GRACE_MS > now) continue
      await this.#events.append([{ event: 'monitor.resumed', data }], resumedOnce(id, now, data))
      this.#open.delete(id)
    }
  }

  async #read(): Promise<void> {
    const { last } = await this.#events.bounds()
    for (let after = this.#lastRead; after < last; ) {
      const page = await this.#events.page({ types: ['monitor.paused', 'monitor.resumed'], after, limit: PAGE_EVENTS })
      for (const { event, data } of page) {
        const { alert_id: id, until } = data
        if (typeof id !== 'string') continue
        if (event === 'monitor.resumed') this.#open.delete(id)
        else this.#open.set(id, { data, until: Date.parse(String(until)) || 0 })
      }
      after = page.length < PAGE_EVENTS ? last : page.at(-1)!.id
    }
    this.#lastRead = last
  }
}

/** The change that closes a pause; idempotent by its id, so that it is closed once, however many hubs try. */
export function resumedOnce(pauseId: string, now: number, data: Readonly<Record<string, unknown>>): Change {
  return {
    now,
    idempotency: { owner: 'monitor', key: `monitor.resumed/${pauseId}`, fingerprint: pauseId, replayed: false },
    audit: () => ({ action: 'monitor.resumed', details: data }),
  }
}
