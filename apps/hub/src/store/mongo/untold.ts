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
  /** Something is to be done about it: to be told, looked at again, or let go of. */
  has_untold?: true
  /** By token: what was written and is not looked at again yet; see `tokenOf`. */
  unsure?: Readonly<Record<string, unknown>>
  /** Ids that nothing in this document has any more, and that are still its own elsewhere. */
  let_go?: readonly string[]
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

/** Names what is unsure since a document came to this revision. */
export function tokenOf(revision: number): string {
  return `r${revision}`
}

/**
 * Brings what documents have to tell into the log. Whoever does it, and however often, each event is there once, and the
 * events of one document are in the order of its changes.
 */
export class Teller {
  readonly #log: EventLog
  readonly #letGo: (document: Telling) => Promise<void>
  /** By collection: what lay there at the last look. */
  readonly #seen = new Map<string, ReadonlySet<string>>()

  /** @param letGo of what a document has let go of; done again, it does no harm */
  constructor(log: EventLog, letGo: (document: Telling) => Promise<void> = async () => {}) {
    this.#log = log
    this.#letGo = letGo
  }

  /**
   * After each change, with the document as the change left it. One that is gone is removed when it is told.
   * @param sure the token of what was looked at again, and is right
   */
  async tell<T extends Telling>(collection: Collection<T>, document: T, sure?: string): Promise<void> {
    const { _id, revision, untold: events = [], has_untold, unsure = {}, let_go, gone } = document
    if (!has_untold) return
    const source = collection.collectionName
    await this.#log.append(
      events.map(({ revision, n, event, data, at }) => ({ cause: `${source}/${_id}/${revision}/${n}`, event, data, at })),
    )
    if (let_go !== undefined) await this.#letGo(document)
    if (gone) return void (await collection.deleteOne({ _id, revision } as Filter<T>))
    // What others are unsure of is theirs to look at, or that of whoever finds it when they have died.
    const open = Object.keys(unsure).some((token) => token !== sure)
    const unset = {
      untold: '',
      ...(let_go === undefined ? {} : { let_go: '' }),
      ...(open ? {} : { has_untold: '', unsure: '' }),
      ...(open && sure !== undefined ? { [`unsure.${sure}`]: '' } : {}),
    }
    // One that has changed again keeps its list: whoever changed it tells all of it, and what is there already is left out.
    const { matchedCount } = await collection.updateOne({ _id, revision } as Filter<T>, { $unset: unset } as unknown as UpdateFilter<T>)
    if (matchedCount === 1 || sure === undefined) return
    const mine = { _id, [`unsure.${sure}`]: { $exists: true } } as unknown as Filter<T>
    await collection.updateOne(mine, { $unset: { [`unsure.${sure}`]: '' } } as unknown as UpdateFilter<T>)
  }

  /**
   * Tells what a hub that died has left. What is found for the first time may be somebody's who is still at it, so it is
   * left for the next look, unless `all` of it is asked for.
   * @param look at what a document is unsure of, before it is told; undefined where somebody else was faster
   * @returns documents told
   */
  async tellForgotten<T extends Telling>(
    collection: Collection<T>,
    { all = false, look = async (document) => document }: { all?: boolean; look?: (document: T) => Promise<T | undefined> } = {},
  ): Promise<number> {
    const before = this.#seen.get(collection.collectionName)
    const seen = new Set<string>()
    let told = 0
    // Neither is told, and both may be long.
    const documents = await collection.find({ has_untold: true } as Filter<T>, { projection: { tasks: 0, done: 0 } }).toArray()
    for (const document of documents as unknown as T[]) {
      // One that changes all the time is told by whoever changes it, and what it is unsure of stays.
      const marks = [document.revision, ...Object.keys(document.unsure ?? {})].map((mark) => `${mark}/${document._id}`)
      if (all || marks.some((mark) => before?.has(mark))) {
        const looked = document.unsure === undefined ? document : await look(document)
        if (looked === undefined) continue
        await this.tell(collection, looked)
        told++
      } else for (const mark of marks) seen.add(mark)
    }
    this.#seen.set(collection.collectionName, seen)
    return told
  }
}
