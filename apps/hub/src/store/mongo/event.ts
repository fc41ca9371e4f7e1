import { setTimeout as delay } from 'node:timers/promises'
import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { Collection, Filter } from 'mongodb'
import { EVENTS_KEPT, EVENTS_KEPT_MS, type EventFilter, type EventStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { awayError, isDuplicate } from './error.ts'
import { textId } from './text-id.ts'

/** An event that is to be told once, however often and by however many hubs it is appended. */
export interface CausedEvent {
  /** Of what made it: made from an id and a revision, so that whoever finds it untold gives it the same. */
  readonly cause: string
  readonly event: EventType
  /** JSON: names of any kind survive in it. */
  readonly data: string
  /** Milliseconds. */
  readonly at: number
}

export interface EventDocument {
  /** One more than that of the event before it, so that a reader sees that nothing is missing. */
  _id: number
  cause: string
  event: EventType
  at: number
  session_id?: string
  project_id?: string
  machine_id?: string
  data: string
}

/** Remembers that ids were used when their events are gone. */
interface SweptDocument {
  _id: 'events'
  swept: number
}

/** In one command. FerretDB goes on behind a duplicate when there are a hundred or more, and would leave a gap. */
const AT_ONCE = 50
const PAGE = 500
/** So often an append meets another hub's before it gives up; each time one of the two has won. */
const TRIES = 100

/** Only what cannot be taken back by a change of primaries is told. */
const durable = { readConcern: { level: 'majority' } } as const

/**
 * The log of events that all hubs of one database share, and their telling in the order of their ids.
 * An event is appended under the id after the newest. Where two hubs try for one id, its uniqueness lets one win, and
 * the other tries the next: so ids have no gaps, and nobody who follows them misses an event that came later.
 */
export class EventLog implements Omit<EventStore, 'append'> {
  readonly #connection: Connection
  readonly #events: Collection<EventDocument>
  readonly #meta: Collection<SweptDocument>
  readonly #pollMs: number
  readonly #listeners = new Set<(events: readonly HubEvent[]) => void>()
  readonly #queue: { events: readonly CausedEvent[]; resolve: () => void; reject: (error: unknown) => void }[] = []
  #appending = false
  /** The newest id, as far as this hub knows. */
  #newest: number | undefined
  /** The last one told here. */
  #told = 0
  #reading: Promise<void> = Promise.resolve()
  #poll: NodeJS.Timeout | undefined
  #closed = false

  /** @param pollMs between two looks for the events of other hubs */
  constructor(connection: Connection, pollMs: number) {
    this.#connection = connection
    this.#events = connection.collection('event')
    this.#meta = connection.collection('meta')
    this.#pollMs = pollMs
  }

  /** Begins to follow, or begins anew with another log: what is there is not told. */
  async open(): Promise<void> {
    this.#newest = undefined
    this.#told = await this.#newestId()
    this.#pollLater()
  }

  page({ after, limit, ...filter }: EventFilter & { after: number; limit: number }): Promise<HubEvent[]> {
    return this.#connection.read(() => this.#select({ ...filterOf(filter), _id: { $gt: after } }, 1, limit))
  }

  latest({ limit, ...filter }: EventFilter & { limit: number }): Promise<HubEvent[]> {
    return this.#connection.read(async () => (await this.#select(filterOf(filter), -1, limit)).reverse())
  }

  bounds(): Promise<{ first: number; last: number }> {
    return this.#connection.read(async () => {
      const [first, last] = await Promise.all([
        this.#events.findOne({}, { sort: { _id: 1 }, projection: { _id: 1 }, ...durable }),
        this.#newestId(durable),
      ])
      return { first: first?._id ?? 0, last }
    })
  }

  listen(listener: (events: readonly HubEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when they are in the log and told here. One whose cause is there already is left out. */
  append(events: readonly CausedEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#queue.push({ events, resolve, reject })
      void this.#drain()
    })
  }

  /** @returns events removed */
  async sweep(now: number): Promise<number> {
    const old: Filter<EventDocument> = {
      $or: [{ at: { $lt: now - EVENTS_KEPT_MS } }, { _id: { $lte: (await this.#newestId()) - EVENTS_KEPT } }],
    }
    const last = await this.#events.findOne(old, { sort: { _id: -1 }, projection: { _id: 1 } })
    if (last === null) return 0
    // First, so that the ids stay used wherever we are interrupted.
    await this.#meta.updateOne({ _id: 'events' }, { $max: { swept: last._id } }, { upsert: true })
    return (await this.#events.deleteMany({ ...old, _id: { $lte: last._id } })).deletedCount
  }

  /** Ids up to this one count as used: what is appended next comes after it. */
  async use(last: number): Promise<void> {
    await this.#meta.updateOne({ _id: 'events' }, { $max: { swept: last } }, { upsert: true })
    this.#newest = undefined
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#poll)
  }

  async #drain(): Promise<void> {
    if (this.#appending) return
    this.#appending = true
    while (this.#queue.length > 0) {
      const jobs = this.#queue.splice(0)
      try {
        await this.#insert(jobs.flatMap(({ events }) => events))
        for (const { resolve } of jobs) resolve()
      } catch (error) {
        this.#newest = undefined
        for (const { reject } of jobs) reject(error)
      }
    }
    this.#appending = false
  }

  async #insert(events: readonly CausedEvent[]): Promise<void> {
    let rest = events
    let tries = 0
    while (rest.length > 0) {
      // Somebody may have left ids out, so that what was told is newer than what was appended here.
      const next = Math.max(this.#newest ?? (await this.#newestId()), this.#told) + 1
      const documents = rest.slice(0, AT_ONCE).map((event, n) => documentOf(event, next + n))
      try {
        await this.#events.insertMany(documents)
        this.#newest = next + documents.length - 1
        this.#deliver(documents)
        rest = rest.slice(documents.length)
        tries = 0
      } catch (error) {
        if (!isDuplicate(error)) throw error
        if (++tries > TRIES) throw awayError(error)
        // Another hub has taken the id, or has told of the same cause. Only what a majority has seen is there for good.
        this.#newest = undefined
        if (tries > 1) await delay(Math.random() * 20)
        const causes = rest.slice(0, AT_ONCE).map(({ cause }) => cause)
        const known = await this.#events.find({ cause: { $in: causes } }, { projection: { cause: 1 }, ...durable }).toArray()
        const there = new Set(known.map(({ cause }) => cause))
        rest = rest.filter(({ cause }) => !there.has(cause))
      }
    }
    // Those of other hubs that came between are told first. When they cannot be read now, they are with the next look.
    await this.#catchUp().catch(() => {})
  }

  async #newestId(options: { readConcern?: { level: 'majority' } } = {}): Promise<number> {
    const [last, swept] = await Promise.all([
      this.#events.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 }, ...options }),
      this.#meta.findOne({ _id: 'events' }, options),
    ])
    return Math.max(last?._id ?? 0, swept?.swept ?? 0)
  }

  /** Tells of events that were just appended, where nothing lies between them and the last one told. */
  #deliver(documents: readonly EventDocument[]): void {
    if (documents[0]!._id === this.#told + 1) this.#tell(documents.map(eventOf))
  }

  /** @param events in the order of their ids; those that were told already are left out */
  #tell(events: readonly HubEvent[]): void {
    const fresh = events.filter(({ id }) => id > this.#told)
    if (fresh.length === 0) return
    this.#told = fresh.at(-1)!.id
    for (const listener of this.#listeners) listener(fresh)
  }

  /** Tells everything that is in the log by now, one reading after the other. */
  #catchUp(): Promise<void> {
    const read = async () => {
      if (this.#newest !== undefined && this.#newest <= this.#told) return
      await this.#readOn()
    }
    this.#reading = this.#reading.then(read, read)
    return this.#reading
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const events = await this.#select({ _id: { $gt: this.#told } }, 1, PAGE)
      this.#tell(events)
      if (events.length < PAGE) return
    }
  }

  #pollLater(): void {
    if (this.#closed) return
    clearTimeout(this.#poll)
    this.#poll = setTimeout(() => {
      this.#reading = this.#reading.then(
        () => this.#readOn(),
        () => this.#readOn(),
      )
      this.#reading.then(
        () => this.#pollLater(),
        () => this.#pollLater(),
      )
    }, this.#pollMs)
    this.#poll.unref()
  }

  async #select(filter: Filter<EventDocument>, order: 1 | -1, limit: number): Promise<HubEvent[]> {
    const found = await this.#events.find(filter, { sort: { _id: order }, limit, ...durable }).toArray()
    return found.map(eventOf)
  }
}

function documentOf({ cause, event, at, data }: CausedEvent, id: number): EventDocument {
  const document: EventDocument = { _id: id, cause, event, at, data }
  const named = JSON.parse(data) as Record<string, unknown>
  for (const name of ['session_id', 'project_id', 'machine_id'] as const) {
    const value = named[name]
    if (typeof value === 'string') document[name] = textId(value)
  }
  return document
}

function eventOf({ _id, event, at, data }: EventDocument): HubEvent {
  return { id: _id, event, at: new Date(at).toISOString(), data: JSON.parse(data) as Record<string, unknown> }
}

function filterOf({ types, ...names }: EventFilter): Filter<EventDocument> {
  const filter: Filter<EventDocument> = {}
  if (types !== undefined) filter.event = { $in: [...types] }
  for (const name of ['session_id', 'project_id', 'machine_id'] as const) {
    if (names[name] !== undefined) filter[name] = textId(names[name])
  }
  return filter
}
