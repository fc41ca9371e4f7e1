import type { Change, EventStore } from '../store/store.ts'

/** Between two readings of what is new in the log, in milliseconds. */
const READ_MS = 10_000
/** So long after its time an alert is its own hub's to close, in milliseconds: that may be busy, or its clock behind ours. */
const GRACE_MS = 60_000
const PAGE = 1000

interface OpenAlert {
  readonly data: Record<string, unknown>
  /** Milliseconds. */
  readonly until: number
}

/** Alerts of hubs that did not live to close them: whoever looks next does, when their time is over. */
export class LeftAlerts {
  readonly #events: EventStore
  readonly #open = new Map<string, OpenAlert>()
  /** Id of the last event that was read. */
  #readTo = 0
  /** Monotonic. */
  #readAt = Number.NEGATIVE_INFINITY

  constructor(events: EventStore) {
    this.#events = events
  }

  /** @param own alert that is ours, and open */
  async close(now: number, monotonic: number, own: string | undefined): Promise<void> {
    if (monotonic - this.#readAt >= READ_MS) {
      await this.#read()
      this.#readAt = monotonic
    }
    for (const [id, { data, until }] of this.#open) {
      if (id === own || until + GRACE_MS > now) continue
      await this.#events.append([{ event: 'alert.closed', data }], closing(id, now))
      this.#open.delete(id)
    }
  }

  async #read(): Promise<void> {
    const { last } = await this.#events.bounds()
    for (let after = this.#readTo; after < last; ) {
      const page = await this.#events.page({ types: ['alert.opened', 'alert.closed'], after, limit: PAGE })
      for (const { event, data } of page) {
        const { alert_id: id, until } = data
        if (typeof id !== 'string') continue
        if (event === 'alert.closed') this.#open.delete(id)
        else this.#open.set(id, { data, until: Date.parse(String(until)) || 0 })
      }
      after = page.length < PAGE ? last : page.at(-1)!.id
    }
    this.#readTo = last
  }
}

/** However many come to close it, it is closed once. */
export function closing(alertId: string, now: number): Change {
  return { now, once: { owner: 'monitor', key: `alert.closed/${alertId}`, fingerprint: alertId, replayed: false } }
}
