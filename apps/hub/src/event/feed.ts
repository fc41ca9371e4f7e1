import type { EventGap, HubEvent } from '@signalbox/contract/event'
import { nextTurn } from '../next-turn.ts'
import type { EventFilter, EventStore } from '../store/event.ts'

/** The newest events, kept in memory: nearly every subscriber is never further behind. */
const RECENT_EVENTS = 1000
const PAGE_EVENTS = 500
/** So many of memory are sent at once; those who miss more take turns. */
const FEW_EVENTS = 50

/** An event that is sent to the subscribers of this moment and not stored; it has no id. */
export type LiveEvent = Pick<HubEvent, 'event' | 'data'>

/** Says that the subscriber misses events; not stored. */
export interface GapMessage {
  readonly event: 'gap'
  readonly data: EventGap
}

/** An event, the subscriber's place in the log, or a sign that the connection is alive. */
export type FeedMessage = HubEvent | LiveEvent | GapMessage | { readonly at: number } | 'keepalive'

/** The log that is followed, and the id of the store that it is of, which changes when the store is emptied. */
export interface FeedSource {
  readonly events: EventStore
  readonly storeId: () => string
}

/** Receives the messages of a subscription. */
export interface Subscriber {
  /** @returns false when its buffer is full: nothing more is sent until `Subscription.drained` */
  send(message: FeedMessage): boolean
  /** The subscription ends because the feed is closed. */
  end(): void
  /** The subscription ends because the buffer was full for too long, or the log could not be read. */
  drop(): void
}

export interface StreamTimeouts {
  /** Milliseconds without a message after which a keepalive is sent. */
  readonly keepaliveMs: number
  /** Milliseconds after which a subscriber with a full buffer is dropped; it resumes by the id of its last event. */
  readonly stalledMs: number
  /** How often the key of every open stream is checked, in milliseconds. */
  readonly recheckMs?: number | undefined
  /** A stream ends by itself where requests may not last for long, and its client comes again. */
  readonly turn?: StreamTurn | undefined
}

/** In milliseconds. */
export interface StreamTurn {
  /** How long to wait for an event. */
  readonly waitMs: number
  /** How long after the first event others may come with it. */
  readonly gatherMs: number
}

export interface SubscribeOptions {
  /** The id of the last event already seen; without it, the subscription begins with the next event. */
  readonly after?: number | undefined
  /** The store whose log `after` is of, where the subscriber knows it. */
  readonly storeId?: string | undefined
  readonly filter: EventFilter
}

export interface Subscription {
  /** The subscriber's buffer has room again. */
  drained(): void
  unsubscribe(): void
}

interface Entry extends Subscription {
  readonly filter: EventFilter
  readonly subscriber: Subscriber
  /** Id of the last event that was sent, or that the filter left out. */
  cursor: number
  /** Missed events are being read and sent. */
  catchingUp: boolean
  fullSince: number | undefined
  lastSentAt: number
}

/**
 * Publishes what was committed to every subscriber. It buffers nothing for a slow one: a subscriber whose buffer is full
 * gets the rest later, from memory or from the log, so it costs one number however slow it is.
 */
export class EventFeed {
  readonly #store: EventStore
  readonly #storeId: () => string
  readonly #timeouts: StreamTimeouts
  readonly #stopListening: () => void
  readonly #entries = new Set<Entry>()
  readonly #timer: NodeJS.Timeout
  #recent: HubEvent[] = []
  #last: number
  /** The store whose log the events in memory are of. */
  #log: string
  #closed = false
  /** The end of the last page of the log that was asked for. */
  #lastPage: Promise<unknown> = Promise.resolve()

  private constructor(
    { events: store, storeId }: FeedSource,
    last: number,
    timeouts: StreamTimeouts,
    onPublished: (event: HubEvent) => void,
  ) {
    this.#store = store
    this.#storeId = storeId
    this.#log = storeId()
    this.#timeouts = timeouts
    this.#last = last
    this.#stopListening = store.listen((events) => {
      for (const event of events) onPublished(event)
      if (this.#log !== storeId()) this.#followOtherLog(events[0]!.id - 1)
      this.#recent.push(...events)
      if (this.#recent.length > 2 * RECENT_EVENTS) this.#recent = this.#recent.slice(-RECENT_EVENTS)
      const before = this.#last
      this.#last = events.at(-1)!.id
      for (const entry of this.#entries) this.#publish(entry, events, before)
    })
    this.#timer = setInterval(() => this.#checkTimeouts(), Math.min(1000, Math.max(10, timeouts.keepaliveMs / 4)))
    this.#timer.unref()
  }

  static async open(source: FeedSource, timeouts: StreamTimeouts, onPublished: (event: HubEvent) => void = () => {}): Promise<EventFeed> {
    return new EventFeed(source, (await source.events.bounds()).last, timeouts, onPublished)
  }

  get subscribers(): number {
    return this.#entries.size
  }

  /** Sends every event after the given one, once, in order; then each as it is committed. */
  subscribe({ after: asked, storeId, filter }: SubscribeOptions, subscriber: Subscriber): Subscription {
    const isOfOtherLog = asked !== undefined && storeId !== undefined && storeId !== this.#storeId()
    const after = isOfOtherLog ? undefined : asked
    const entry: Entry = {
      filter,
      subscriber,
      cursor: after === undefined ? this.#last : Math.min(after, this.#last),
      catchingUp: false,
      fullSince: undefined,
      lastSentAt: performance.now(),
      drained: () => {
        entry.fullSince = undefined
        void this.#catchUp(entry)
      },
      unsubscribe: () => this.#entries.delete(entry),
    }
    this.#entries.add(entry)
    if (isOfOtherLog) this.#sendGap(entry, 'other_log', asked, this.#last)
    if (after !== undefined && after > this.#last && !this.#closed) void this.#startAhead(entry, after)
    else this.#start(entry)
    return entry
  }

  /** The store was emptied or replaced: what subscribers have seen is no place in its log. */
  #followOtherLog(last: number): void {
    this.#log = this.#storeId()
    this.#recent = []
    this.#last = last
    for (const entry of this.#entries) {
      this.#sendGap(entry, 'other_log', entry.cursor, last)
      entry.cursor = last
    }
  }

  #sendGap(entry: Entry, reason: EventGap['reason'], after: number, continues_after: number): boolean {
    return this.#send(entry, { event: 'gap', data: { reason, after, continues_after, store_id: this.#storeId() } })
  }

  /** Another hub may have published more than this one has received. Otherwise the id is of another store: nothing to resume. */
  async #startAhead(entry: Entry, after: number): Promise<void> {
    entry.catchingUp = true
    try {
      if ((await this.#store.bounds()).last >= after) entry.cursor = after
      else this.#sendGap(entry, 'other_log', after, entry.cursor)
    } catch {
      return this.#drop(entry)
    }
    entry.catchingUp = false
    if (this.#entries.has(entry)) this.#start(entry)
  }

  #start(entry: Entry): void {
    this.#send(entry, { at: entry.cursor })
    if (this.#closed) this.#end(entry)
    else void this.#catchUp(entry)
  }

  /** Sends an event to the subscribers that are up to date; one that comes later does not get it. */
  publishLive(event: LiveEvent): void {
    for (const entry of this.#entries) if (this.#isUpToDate(entry) && matches(event, entry.filter)) this.#send(entry, event)
  }

  /** Ends every subscription. */
  close(): void {
    this.#closed = true
    this.#stopListening()
    clearInterval(this.#timer)
    for (const entry of [...this.#entries]) this.#end(entry)
  }

  #end(entry: Entry): void {
    this.#entries.delete(entry)
    entry.subscriber.end()
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry)
    entry.subscriber.drop()
  }

  #isUpToDate({ cursor, catchingUp, fullSince }: Entry): boolean {
    return !catchingUp && fullSince === undefined && cursor === this.#last
  }

  /** @param before the last event before these */
  #publish(entry: Entry, events: readonly HubEvent[], before: number): void {
    if (entry.catchingUp || entry.fullSince !== undefined) return
    if (entry.cursor !== before) return void this.#catchUp(entry)
    this.#sendAll(entry, events)
  }

  /** @returns false when the subscriber's buffer became full on the way */
  #sendAll(entry: Entry, events: readonly HubEvent[]): boolean {
    for (const event of events) {
      entry.cursor = event.id
      if (matches(event, entry.filter) && !this.#send(entry, event)) return false
    }
    return true
  }

  #send(entry: Entry, message: FeedMessage): boolean {
    entry.lastSentAt = performance.now()
    if (entry.subscriber.send(message)) return true
    entry.fullSince = entry.lastSentAt
    return false
  }

  async #catchUp(entry: Entry): Promise<void> {
    if (entry.catchingUp) return
    entry.catchingUp = true
    try {
      while (this.#entries.has(entry) && entry.fullSince === undefined && entry.cursor < this.#last) {
        const last = this.#last
        const events = await this.#readInTurn(entry)
        if (!(await this.#passRemoved(entry, events[0]?.id))) break
        // Events that the filter left out need not be read again.
        if (this.#sendAll(entry, events) && events.length < PAGE_EVENTS && entry.cursor < last) entry.cursor = last
      }
    } catch {
      this.#drop(entry)
    } finally {
      entry.catchingUp = false
    }
  }

  /** Whether all events after the given one are in memory. */
  #hasInMemory(cursor: number): boolean {
    const [oldest] = this.#recent
    return oldest !== undefined && oldest.id <= cursor + 1
  }

  /** One page of the log in a turn of the event loop, however many read it all: all other requests wait for each page. */
  #readInTurn(entry: Entry): Promise<HubEvent[]> {
    // To write a thousand events of memory to each of sixty streams takes a second, too.
    if (this.#hasInMemory(entry.cursor) && this.#last - entry.cursor <= FEW_EVENTS) return this.#readAfter(entry.cursor, entry.filter)
    const page = this.#lastPage.then(() => (this.#entries.has(entry) ? this.#readAfter(entry.cursor, entry.filter) : []))
    this.#lastPage = page.then(nextTurn, nextTurn)
    return page
  }

  /**
   * Tells a subscriber that the log no longer has the events after its place.
   * @param next the event that it is to get next
   * @returns false when its buffer became full
   */
  async #passRemoved(entry: Entry, next: number | undefined): Promise<boolean> {
    if (next === entry.cursor + 1 || this.#hasInMemory(entry.cursor)) return true
    // Read after the page: events that are removed between the two are missed by the page too.
    const oldest = oldestOf(await this.#store.bounds())
    if (oldest <= entry.cursor + 1) return true
    const after = entry.cursor
    entry.cursor = oldest - 1
    return this.#sendGap(entry, 'removed', after, entry.cursor)
  }

  async #readAfter(cursor: number, filter: EventFilter): Promise<HubEvent[]> {
    if (!this.#hasInMemory(cursor)) return this.#store.page({ ...filter, after: cursor, limit: PAGE_EVENTS })
    const events: HubEvent[] = []
    // Nearly always it is the last one that is new.
    let at = this.#recent.length
    while (at > 0 && this.#recent[at - 1]!.id > cursor) at--
    for (; at < this.#recent.length && events.length < PAGE_EVENTS; at++) {
      const event = this.#recent[at]!
      if (matches(event, filter)) events.push(event)
    }
    return events
  }

  /** Notices a store that was emptied also while nothing happens in it. */
  #checkLog(): void {
    if (this.#log === this.#storeId()) return
    this.#store.bounds().then(
      ({ last }) => {
        if (this.#log !== this.#storeId()) this.#followOtherLog(last)
      },
      () => {},
    )
  }

  #checkTimeouts(): void {
    this.#checkLog()
    const now = performance.now()
    for (const entry of this.#entries) {
      if (entry.fullSince !== undefined) {
        if (now - entry.fullSince >= this.#timeouts.stalledMs) this.#drop(entry)
      } else if (now - entry.lastSentAt >= this.#timeouts.keepaliveMs) this.#send(entry, 'keepalive')
    }
  }
}

/** The id of the oldest event that the log has, or will have. */
export function oldestOf({ first, last }: { readonly first: number; readonly last: number }): number {
  return first === 0 ? last + 1 : first
}

function matches({ event, data }: LiveEvent, { types, session_id, project_id, machine_id }: EventFilter): boolean {
  return (
    (types === undefined || types.includes(event)) &&
    (session_id === undefined || data.session_id === session_id) &&
    (project_id === undefined || data.project_id === project_id) &&
    (machine_id === undefined || data.machine_id === machine_id)
  )
}
