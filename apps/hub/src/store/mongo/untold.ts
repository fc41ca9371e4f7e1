import type { EventType } from '@signalbox/contract/event'
import type { Collection, Document, Filter, UpdateFilter } from 'mongodb'
import type { NewEvent } from '../store.ts'
import type { EventLog } from './event.ts'

/** An event that was written with the change that caused it, and is not in the log yet. */
export interface Untold {
  /** Of the document after the change. */
  readonly revision: number
  /** Its place among the events of this change. */
  readonly n: number
  readonly event: EventType
  /** JSON. */
  readonly data: string
  /** Milliseconds. */
  readonly at: number
}

/** A document whose changes are told: every change gives it another revision. */
export interface Telling extends Document {
  _id: string
  revision: number
  untold?: readonly Untold[]
  has_untold?: true
  /** All that is left of it is what it has to tell. */
  gone?: true
}

/** For finding those of a hub that died; to be made for every collection that tells. */
export const untoldIndex = { key: { has_untold: 1 }, name: 'has_untold' } as const

/** The part of a new document that says what is to be told of it. */
export function untold(revision: number, events: readonly NewEvent[], now: number): Pick<Telling, 'untold' | 'has_untold'> {
  if (events.length === 0) return {}
  return { untold: events.map(({ event, data }, n) => ({ revision, n, event, data: JSON.stringify(data), at: now })), has_untold: true }
}

/**
 * Adds to the update of a document what is to be told of it, so that both happen or neither.
 * @param revision that the update brings the document to
 */
export function andTell<T extends Telling>(
  update: UpdateFilter<T>,
  revision: number,
  events: readonly NewEvent[],
  now: number,
): UpdateFilter<T> {
  if (events.length === 0) return update
  const { untold: list } = untold(revision, events, now)
  return {
    ...update,
    $push: { ...update.$push, untold: { $each: list } },
    $set: { ...update.$set, has_untold: true },
  } as unknown as UpdateFilter<T>
}

/**
 * Brings what documents have to tell into the log. Whoever does it, and however often, each event is there once, and the
 * events of one document are in the order of its changes.
 */
export class Teller {
  readonly #log: EventLog
  /** By collection: what lay there at the last look. */
  readonly #seen = new Map<string, ReadonlySet<string>>()

  constructor(log: EventLog) {
    this.#log = log
  }

  /** After each change, with the document as the change left it. One that is gone is removed when it is told. */
  async tell<T extends Telling>(collection: Collection<T>, { _id, revision, untold: events = [], gone }: T): Promise<void> {
    if (events.length === 0) return
    const source = collection.collectionName
    await this.#log.append(
      events.map(({ revision, n, event, data, at }) => ({ cause: `${source}/${_id}/${revision}/${n}`, event, data, at })),
    )
    if (gone) return void (await collection.deleteOne({ _id, revision } as Filter<T>))
    // One that has changed again keeps its list: whoever changed it tells all of it, and what is there already is left out.
    await collection.updateOne({ _id, revision } as Filter<T>, { $unset: { untold: '', has_untold: '' } } as unknown as UpdateFilter<T>)
  }

  /**
   * Tells what a hub that died has left. What is found for the first time may be somebody's who is still at it, so it is
   * left for the next look, unless `all` of it is asked for.
   * @returns documents told
   */
  async tellForgotten<T extends Telling>(collection: Collection<T>, all = false): Promise<number> {
    const before = this.#seen.get(collection.collectionName)
    const seen = new Set<string>()
    let told = 0
    const documents = await collection.find({ has_untold: true } as Filter<T>).toArray()
    for (const document of documents as unknown as T[]) {
      const mark = `${document.revision}/${document._id}`
      if (all || before?.has(mark)) {
        await this.tell(collection, document)
        told++
      } else seen.add(mark)
    }
    this.#seen.set(collection.collectionName, seen)
    return told
  }
}
