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

/** An event, where in the log the reader is, or word that nothing happened. */
export type Word = { readonly event: HubEvent } | { readonly at: number } | 'nothing'

/**
 * Tells everybody who listens what was committed. Nothing waits here for a slow reader: each asks for what comes after
 * the last event it took, from memory or from the log, so a reader costs one number however slow it is.
 */
export class EventFeed {
  readonly #store: EventStore
  readonly #stop: () => void
  readonly #waiting = new Set<() => void>()
  #recent: HubEvent[] = []
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
      if (!(await this.#somethingNew(signal, silence))) yield 'nothing'
    }
  }

  async #after(cursor: number, filter: EventFilter): Promise<HubEvent[]> {
    const [oldest] = this.#recent
    if (oldest === undefined || oldest.id > cursor + 1) return this.#store.page({ ...filter, after: cursor, limit: PAGE })
    const events: HubEvent[] = []
    for (const event of this.#recent) {
      if (event.id > cursor && matches(event, filter)) events.push(event)
      if (events.length === PAGE) break
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

function matches({ event, data }: HubEvent, { types, session_id, project_id, machine_id }: EventFilter): boolean {
  return (
    (types === undefined || types.includes(event)) &&
    (session_id === undefined || data.session_id === session_id) &&
    (project_id === undefined || data.project_id === project_id) &&
    (machine_id === undefined || data.machine_id === machine_id)
  )
}
