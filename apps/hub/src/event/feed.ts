import type { HubEvent } from '@signalbox/contract/event'
import type { EventFilter, EventStore } from '../store/store.ts'

/** The newest events, kept in memory: nearly everybody who listens is never further behind. */
const REMEMBERED = 1000
const PAGE = 500

export interface Following {
  /** The id of the last event already seen; without it, what happens next. */
  readonly after?: number | undefined
  readonly filter: EventFilter
  readonly signal: AbortSignal
  /** Milliseconds of silence after which there is word that nothing happened. */
  readonly silence: number
}

/** An event that is told to whoever is there, and not kept; it has no id. */
export type LiveEvent = Pick<HubEvent, 'event' | 'data'>

/** An event, where in the log the reader is, or word that nothing happened. */
export type Word = { readonly event: HubEvent | LiveEvent } | { readonly at: number } | 'nothing'

/**
 * Tells everybody who listens what was committed. Nothing waits here for a slow reader: each asks for what comes after
 * the last event it took, from memory or from the log, so a reader costs one number however slow it is.
 */
export class EventFeed {
  readonly #store: EventStore
  readonly #stop: () => void
  readonly #waiting = new Set<() => void>()
  #recent: HubEvent[] = []
  /** The newest events that are not kept, and how many there ever were. */
  #live: LiveEvent[] = []
  #liveTold = 0
  #last: number
  #closed = false
  #readers = 0

  private constructor(store: EventStore, last: number, onTold: (event: HubEvent) => void) {
    this.#store = store
    this.#last = last
    this.#stop = store.listen((events) => {
      for (const event of events) onTold(event)
      this.#recent.push(...events)
      if (this.#recent.length > 2 * REMEMBERED) this.#recent = this.#recent.slice(-REMEMBERED)
      this.#last = events.at(-1)!.id
      this.#wake()
    })
  }

  static async open(store: EventStore, onTold: (event: HubEvent) => void = () => {}): Promise<EventFeed> {
    return new EventFeed(store, (await store.bounds()).last, onTold)
  }

  /** Tells whoever listens now, and is up to it: nobody who comes later hears of it. */
  tellLive(event: LiveEvent): void {
    if (this.#readers === 0) return
    this.#live.push(event)
    this.#liveTold++
    if (this.#live.length > 2 * REMEMBERED) this.#live = this.#live.slice(-REMEMBERED)
    this.#wake()
  }

  /** Every event after the given one, once, in order; then each as it is committed. Ends with the signal or the feed. */
  async *follow(following: Following): AsyncGenerator<Word, void, void> {
    this.#readers++
    try {
      yield* this.#follow(following)
    } finally {
      this.#readers--
    }
  }

  /** How many are following. */
  get readers(): number {
    return this.#readers
  }

  /** Ends every stream. */
  close(): void {
    this.#closed = true
    this.#stop()
    this.#wake()
  }

  async *#follow({ after, filter, signal, silence }: Following): AsyncGenerator<Word, void, void> {
    // An id from the future is one of another store: there is nothing to resume.
    let cursor = after === undefined ? this.#last : Math.min(after, this.#last)
    let live = this.#liveTold
    yield { at: cursor }
    while (!signal.aborted && !this.#closed) {
      const known = this.#last
      const events = cursor < known ? await this.#after(cursor, filter) : []
      for (const event of events) {
        yield { event }
        cursor = event.id
      }
      // What the filter left out need not be looked at again.
      if (events.length < PAGE && known > cursor) cursor = known
      if (cursor < this.#last || signal.aborted || this.#closed) continue
      // Only for who has taken everything else: these may be missed, the others may not.
      const missed = this.#liveTold - live
      if (missed > 0) {
        live = this.#liveTold
        for (const event of this.#live.slice(-missed)) if (matches(event, filter)) yield { event }
        continue
      }
      if (!(await this.#somethingNew(signal, silence))) yield 'nothing'
    }
  }

  async #after(cursor: number, filter: EventFilter): Promise<HubEvent[]> {
    const [oldest] = this.#recent
    if (oldest === undefined || oldest.id > cursor + 1) return this.#store.page({ ...filter, after: cursor, limit: PAGE })
    const events: HubEvent[] = []
    // Nearly always it is the last one that is new.
    let at = this.#recent.length
    while (at > 0 && this.#recent[at - 1]!.id > cursor) at--
    for (; at < this.#recent.length && events.length < PAGE; at++) {
      const event = this.#recent[at]!
      if (matches(event, filter)) events.push(event)
    }
    return events
  }

  #wake(): void {
    for (const waiting of [...this.#waiting]) waiting()
  }

  /** @returns false when it stayed silent */
  #somethingNew(signal: AbortSignal, silence: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (something: boolean) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve(something)
      }
      const wake = () => done(true)
      const timer = setTimeout(() => done(false), silence)
      signal.addEventListener('abort', wake, { once: true })
      this.#waiting.add(wake)
    })
  }
}

function matches({ event, data }: LiveEvent, { types, session_id, project_id, machine_id }: EventFilter): boolean {
  return (
    (types === undefined || types.includes(event)) &&
    (session_id === undefined || data.session_id === session_id) &&
    (project_id === undefined || data.project_id === project_id) &&
    (machine_id === undefined || data.machine_id === machine_id)
  )
}
