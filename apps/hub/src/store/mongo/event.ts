import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { Collection, Filter } from 'mongodb'
import type { NewEvent } from '../../event/new-event.ts'
import type { Change } from '../change.ts'
import { EVENT_RETENTION_MS, type EventFilter, type EventSpan, type EventStore, MAX_STORED_EVENTS } from '../event.ts'
import type { Connection } from './connection.ts'
import type { CausedEvent, EventAppender } from './core/event-appender.ts'
import { type IdempotencyRecords, recordId } from './core/idempotency.ts'
import { isDuplicate, unavailableError } from './error.ts'
import { textId } from './text-id.ts'

export interface EventDocument {
  /** Consecutive, so that a reader detects a missing event. */
  _id: number
  cause: string
  event: EventType
  at: number
  session_id?: string
  project_id?: string
  machine_id?: string
  data: string
}

/** The last id of the removed events: it stays used. */
interface SweptDocument {
  _id: 'events'
  swept: number
}

const READ_BATCH = 500
/** The attempts of an append; each lost one means that another hub has appended. */
const MAX_ATTEMPTS = 100

/** Only events that survive a change of primaries are published. */
const majorityRead = { readConcern: { level: 'majority' } } as const

/**
 * The event log that all hubs of one database share; it notifies listeners in the order of the ids.
 * An event is appended under the id after the newest one. When two hubs try the same id, one of the inserts fails and is
 * retried with the next id: so ids have no gaps, and a reader that follows them misses no event.
 */
export class EventLog implements Omit<EventStore, 'append'>, EventAppender {
  readonly #connection: Pick<Connection, 'collection' | 'dialect' | 'read'>
  readonly #events: Collection<EventDocument>
  readonly #meta: Collection<SweptDocument>
  readonly #pollMs: number
  readonly #listeners = new Set<(events: readonly HubEvent[]) => void>()
  readonly #queue: { events: readonly CausedEvent[]; resolve: () => void; reject: (error: unknown) => void }[] = []
  #appending = false
  /** The newest id that this hub knows. */
  #newest: number | undefined
  /** The last id that this hub's listeners have received. */
  #published = 0
  #reading: Promise<void> = Promise.resolve()
  #poll: NodeJS.Timeout | undefined
  #closed = false

  /** @param pollMs the interval at which events of other hubs are read */
  constructor(connection: Pick<Connection, 'collection' | 'dialect' | 'read'>, pollMs: number) {
    this.#connection = connection
    this.#events = connection.collection('event')
    this.#meta = connection.collection('meta')
    this.#pollMs = pollMs
  }

  /** Starts to follow the log, or follows another one; existing events are not published. */
  async open(): Promise<void> {
    this.#newest = undefined
    this.#published = await this.#newestId()
    this.#pollLater()
  }

  page({ after, limit, ...filter }: EventFilter & EventSpan & { after: number; limit: number }): Promise<HubEvent[]> {
    return this.#connection.read(() => this.#select({ ...filterOf(filter), _id: { $gt: after } }, 1, limit))
  }

  latest({ before, limit, ...filter }: EventFilter & EventSpan & { before?: number | undefined; limit: number }): Promise<HubEvent[]> {
    const place = before === undefined ? {} : { _id: { $lt: before } }
    return this.#connection.read(async () => (await this.#select({ ...filterOf(filter), ...place }, -1, limit)).reverse())
  }

  bounds(): Promise<{ first: number; last: number }> {
    return this.#connection.read(async () => {
      const [first, last] = await Promise.all([
        this.#events.findOne({}, { sort: { _id: 1 }, projection: { _id: 1 }, ...majorityRead }),
        this.#newestId(majorityRead),
      ])
      return { first: first?._id ?? 0, last }
    })
  }

  listen(listener: (events: readonly HubEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when the events are stored and published by this hub. An event with a known cause is skipped. */
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
      $or: [{ at: { $lt: now - EVENT_RETENTION_MS } }, { _id: { $lte: (await this.#newestId()) - MAX_STORED_EVENTS } }],
    }
    const last = await this.#events.findOne(old, { sort: { _id: -1 }, projection: { _id: 1 } })
    if (last === null) return 0
    // First, so that the ids stay used after an interruption.
    await this.#meta.updateOne({ _id: 'events' }, { $max: { swept: last._id } }, { upsert: true })
    return (await this.#events.deleteMany({ ...old, _id: { $lte: last._id } })).deletedCount
  }

  /** Marks the ids up to `last` as used: the next event gets a later one. */
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
      // A copy may have skipped ids, so that the last published id is newer than the last one appended here.
      const next = Math.max(this.#newest ?? (await this.#newestId()), this.#published) + 1
      const documents = rest.slice(0, this.#connection.dialect.maxOrderedInserts).map((event, n) => documentOf(event, next + n))
      try {
        await this.#events.insertMany(documents)
        this.#newest = next + documents.length - 1
        this.#publishAppended(documents)
        rest = rest.slice(documents.length)
        tries = 0
      } catch (error) {
        if (!isDuplicate(error)) throw error
        if (++tries > MAX_ATTEMPTS) throw unavailableError(error)
        // Another hub has used the id, or has appended the same cause. Only majority reads are final.
        this.#newest = undefined
        if (tries > 1) await delay(Math.random() * 20)
        const causes = rest.slice(0, this.#connection.dialect.maxOrderedInserts).map(({ cause }) => cause)
        const known = await this.#events.find({ cause: { $in: causes } }, { projection: { cause: 1 }, ...majorityRead }).toArray()
        const stored = new Set(known.map(({ cause }) => cause))
        rest = rest.filter(({ cause }) => !stored.has(cause))
      }
    }
    // Events of other hubs that lie between are published first. If this read fails, the next poll publishes them.
    await this.#catchUp().catch(() => {})
  }

  async #newestId(options: { readConcern?: { level: 'majority' } } = {}): Promise<number> {
    const [last, swept] = await Promise.all([
      this.#events.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 }, ...options }),
      this.#meta.findOne({ _id: 'events' }, options),
    ])
    return Math.max(last?._id ?? 0, swept?.swept ?? 0)
  }

  /** Publishes events that were just appended, unless events of other hubs lie before them. */
  #publishAppended(documents: readonly EventDocument[]): void {
    if (documents[0]!._id === this.#published + 1) this.#notify(documents.map(eventOf))
  }

  /** @param events in the order of their ids; those that were published already are skipped */
  #notify(events: readonly HubEvent[]): void {
    const fresh = events.filter(({ id }) => id > this.#published)
    if (fresh.length === 0) return
    this.#published = fresh.at(-1)!.id
    for (const listener of this.#listeners) listener(fresh)
  }

  /** Publishes everything in the log up to now; one read runs at a time. */
  #catchUp(): Promise<void> {
    const read = async () => {
      if (this.#newest !== undefined && this.#newest <= this.#published) return
      await this.#readOn()
    }
    this.#reading = this.#reading.then(read, read)
    return this.#reading
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const events = await this.#select({ _id: { $gt: this.#published } }, 1, READ_BATCH)
      this.#notify(events)
      if (events.length < READ_BATCH) return
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
    const found = await this.#events.find(filter, { sort: { _id: order }, limit, ...majorityRead }).toArray()
    return found.map(eventOf)
  }
}

/**
 * As `EventStore.append`. An alert that is appended again after an unknown outcome is stored once, with or without an
 * idempotency key.
 */
export function appendEvents(
  log: EventAppender,
  idempotency: IdempotencyRecords,
  events: readonly NewEvent[],
  change: Change,
): Promise<void> {
  return idempotency.run(change, (_again, startedAt) => {
    const request = change.idempotency === undefined ? randomUUID() : `append/${startedAt}/${recordId(change.idempotency)}`
    const causeOf = ({ event, data }: NewEvent, n: number) =>
      typeof data.alert_id === 'string' ? `${event}/${data.alert_id}` : `${request}/${n}`
    return log.append(
      events.map((event, n) => ({ cause: causeOf(event, n), event: event.event, data: JSON.stringify(event.data), at: change.now })),
    )
  })
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

function filterOf({ types, since, until, ...names }: EventFilter & EventSpan): Filter<EventDocument> {
  const filter: Filter<EventDocument> = {}
  if (types !== undefined) filter.event = { $in: [...types] }
  for (const name of ['session_id', 'project_id', 'machine_id'] as const) {
    if (names[name] !== undefined) filter[name] = textId(names[name])
  }
  if (since !== undefined || until !== undefined) {
    filter.at = { ...(since === undefined ? {} : { $gte: since }), ...(until === undefined ? {} : { $lt: until }) }
  }
  return filter
}
