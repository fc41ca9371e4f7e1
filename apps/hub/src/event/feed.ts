import type { HubEvent } from '@signalbox/contract/event'
import type { EventFilter, EventStore } from '../store/store.ts'

/** The newest events, kept in memory: nearly everybody who listens is never further behind. */
const REMEMBERED = 1000
const PAGE = 500

/** An event that is told to whoever is there, and not kept; it has no id. */
export type LiveEvent = Pick<HubEvent, 'event' | 'data'>

/** An event, where in the log the reader is, or word that nothing happened. */
export type Word = HubEvent | LiveEvent | { readonly at: number } | 'nothing'

/** Where somebody listens. */
export interface Ear {
  /** @returns false when it is full: nothing more is said until `Reader.drained` */
  hear(word: Word): boolean
  /** There will be nothing more. */
  end(): void
  /** It took nothing for too long, or could not be told. */
  drop(): void
}

export interface Patience {
  /** Milliseconds of silence after which there is word that nothing happened. */
  readonly silence: number
  /** Milliseconds after which a reader that takes nothing is dropped; it comes back by the id of the last event. */
  readonly patience: number
}

export interface Following {
  /** The id of the last event already seen; without it, what happens next. */
  readonly after?: number | undefined
  readonly filter: EventFilter
}

/** Somebody who listens. */
export interface Reader {
  /** The ear takes more again. */
  drained(): void
  leave(): void
}

interface Listening extends Reader {
  readonly filter: EventFilter
  readonly ear: Ear
  /** Of the last event it was told, or that is none of its. */
  cursor: number
  /** It is being told what it has missed. */
  catchingUp: boolean
  fullSince: number | undefined
  heardAt: number
}

/**
 * Tells everybody who listens what was committed. Nothing waits here for a slow reader: one whose ear is full is told the
 * rest later, from memory or from the log, so a reader costs one number however slow it is.
 */
export class EventFeed {
  readonly #store: EventStore
  readonly #patience: Patience
  readonly #stop: () => void
  readonly #readers = new Set<Listening>()
  readonly #look: NodeJS.Timeout
  #recent: HubEvent[] = []
  #last: number
  #closed = false

  private constructor(store: EventStore, last: number, patience: Patience, onTold: (event: HubEvent) => void) {
    this.#store = store
    this.#patience = patience
    this.#last = last
    this.#stop = store.listen((events) => {
      for (const event of events) onTold(event)
      this.#recent.push(...events)
      if (this.#recent.length > 2 * REMEMBERED) this.#recent = this.#recent.slice(-REMEMBERED)
      const before = this.#last
      this.#last = events.at(-1)!.id
      for (const reader of this.#readers) this.#tell(reader, events, before)
    })
    this.#look = setInterval(() => this.#lookAfter(), Math.min(1000, Math.max(10, patience.silence / 4)))
    this.#look.unref()
  }

  static async open(store: EventStore, patience: Patience, onTold: (event: HubEvent) => void = () => {}): Promise<EventFeed> {
    return new EventFeed(store, (await store.bounds()).last, patience, onTold)
  }

  /** How many listen. */
  get readers(): number {
    return this.#readers.size
  }

  /** Every event after the given one, once, in order; then each as it is committed. */
  join({ after, filter }: Following, ear: Ear): Reader {
    const reader: Listening = {
      filter,
      ear,
      cursor: after === undefined ? this.#last : Math.min(after, this.#last),
      catchingUp: false,
      fullSince: undefined,
      heardAt: performance.now(),
      drained: () => {
        reader.fullSince = undefined
        void this.#catchUp(reader)
      },
      leave: () => this.#readers.delete(reader),
    }
    this.#readers.add(reader)
    if (after !== undefined && after > this.#last && !this.#closed) void this.#joinAhead(reader, after)
    else this.#begin(reader)
    return reader
  }

  /** Another hub may have told more than we have heard of. Otherwise it is the id of another store: nothing to resume. */
  async #joinAhead(reader: Listening, after: number): Promise<void> {
    reader.catchingUp = true
    try {
      if ((await this.#store.bounds()).last >= after) reader.cursor = after
    } catch {
      return this.#drop(reader)
    }
    reader.catchingUp = false
    if (this.#readers.has(reader)) this.#begin(reader)
  }

  #begin(reader: Listening): void {
    this.#say(reader, { at: reader.cursor })
    if (this.#closed) this.#end(reader)
    else void this.#catchUp(reader)
  }

  /** Tells whoever listens now, and is up to it: nobody who comes later hears of it. */
  tellLive(event: LiveEvent): void {
    for (const reader of this.#readers) if (this.#isUpToDate(reader) && matches(event, reader.filter)) this.#say(reader, event)
  }

  /** Ends every stream. */
  close(): void {
    this.#closed = true
    this.#stop()
    clearInterval(this.#look)
    for (const reader of [...this.#readers]) this.#end(reader)
  }

  #end(reader: Listening): void {
    this.#readers.delete(reader)
    reader.ear.end()
  }

  #drop(reader: Listening): void {
    this.#readers.delete(reader)
    reader.ear.drop()
  }

  #isUpToDate({ cursor, catchingUp, fullSince }: Listening): boolean {
    return !catchingUp && fullSince === undefined && cursor === this.#last
  }

  /** @param before the last event before these */
  #tell(reader: Listening, events: readonly HubEvent[], before: number): void {
    if (reader.catchingUp || reader.fullSince !== undefined) return
    if (reader.cursor !== before) return void this.#catchUp(reader)
    this.#sayAll(reader, events)
  }

  /** @returns false when the ear became full on the way */
  #sayAll(reader: Listening, events: readonly HubEvent[]): boolean {
    for (const event of events) {
      reader.cursor = event.id
      if (matches(event, reader.filter) && !this.#say(reader, event)) return false
    }
    return true
  }

  #say(reader: Listening, word: Word): boolean {
    reader.heardAt = performance.now()
    if (reader.ear.hear(word)) return true
    reader.fullSince = reader.heardAt
    return false
  }

  async #catchUp(reader: Listening): Promise<void> {
    if (reader.catchingUp) return
    reader.catchingUp = true
    try {
      while (this.#readers.has(reader) && reader.fullSince === undefined && reader.cursor < this.#last) {
        const known = this.#last
        const events = await this.#after(reader.cursor, reader.filter)
        // What the filter left out need not be looked at again.
        if (this.#sayAll(reader, events) && events.length < PAGE && reader.cursor < known) reader.cursor = known
      }
    } catch {
      this.#drop(reader)
    } finally {
      reader.catchingUp = false
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

  #lookAfter(): void {
    const now = performance.now()
    for (const reader of this.#readers) {
      if (reader.fullSince !== undefined) {
        if (now - reader.fullSince >= this.#patience.patience) this.#drop(reader)
      } else if (now - reader.heardAt >= this.#patience.silence) this.#say(reader, 'nothing')
    }
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
