import type { Collection, Filter, OptionalUnlessRequiredId, UpdateFilter, WithoutId } from 'mongodb'
import type { NewEvent } from '../../store.ts'
import { awayError, isDuplicate } from '../error.ts'
import { andTell, type Telling, untold } from '../untold.ts'

export interface Revised {
  _id: string
  revision: number
}

/** So often a change meets somebody else's before it gives up; each time one of the two has won. */
const TRIES = 100

/**
 * Changes one document by compare and set, and again where somebody else was faster.
 * @param next of the document as it is; undefined leaves it so
 * @returns whether it was changed
 */
export async function revise<T extends Revised>(
  collection: Collection<T>,
  id: string,
  next: (known: T | undefined) => Omit<T, '_id' | 'revision'> | undefined,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const known = ((await collection.findOne({ _id: id } as Filter<T>)) ?? undefined) as T | undefined
    const fields = next(known)
    if (fields === undefined) return false
    if (known === undefined) {
      if (await inserted(collection, { ...fields, _id: id, revision: 1 } as T)) return true
      continue
    }
    const { revision } = known
    const { matchedCount } = await collection.replaceOne(
      { _id: id, revision } as Filter<T>,
      { ...fields, revision: revision + 1 } as unknown as WithoutId<T>,
    )
    if (matchedCount === 1) return true
  }
  throw awayError(new Error(`${TRIES} changes of one document at the same time`))
}

export interface Outcome<T extends Telling> {
  readonly fields: Partial<T>
  readonly events: readonly NewEvent[]
}

/** As `revise`, for a document that has something to tell. @returns it as the change left it; undefined when nothing changed */
export async function reviseAndTell<T extends Telling>(
  collection: Collection<T>,
  id: string,
  now: number,
  next: (known: T | undefined) => Outcome<T> | undefined,
): Promise<T | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const known = ((await collection.findOne({ _id: id } as Filter<T>)) ?? undefined) as T | undefined
    const outcome = next(known)
    if (outcome === undefined) return undefined
    const { fields, events } = outcome
    if (known === undefined) {
      const document = { ...fields, _id: id, revision: 1, ...untold(1, events, now) } as unknown as T
      if (await inserted(collection, document)) return document
      continue
    }
    const revision = known.revision + 1
    const update = andTell<T>({ $set: { ...fields, revision } } as unknown as UpdateFilter<T>, revision, events, now)
    const { matchedCount } = await collection.updateOne({ _id: id, revision: known.revision } as unknown as Filter<T>, update)
    if (matchedCount !== 1) continue
    const told = [...(known.untold ?? []), ...(untold(revision, events, now).untold ?? [])]
    return { ...known, ...fields, revision, ...(told.length === 0 ? {} : { untold: told, has_untold: true }) }
  }
  throw awayError(new Error(`${TRIES} changes of one document at the same time`))
}

/** @returns false when it was there already */
export async function inserted<T extends { _id: string }>(collection: Collection<T>, document: T): Promise<boolean> {
  try {
    await collection.insertOne(document as OptionalUnlessRequiredId<T>)
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}
