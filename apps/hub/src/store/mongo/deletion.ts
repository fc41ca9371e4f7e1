import { type Deletion, MAX_DELETIONS, MAX_REMOVED_SESSIONS, REMOVAL_RETENTION_MS, type RemovedSession } from '../deletion.ts'
import type { Connection } from './connection.ts'
import { isDuplicate } from './error.ts'
import { textId, textOf } from './text-id.ts'

interface DeletionDocument {
  _id: string
  kind: Deletion['kind']
  name: string
  before: number
}

/** The deletions, by which deleted data is refused. */
export async function storedDeletions(connection: Pick<Connection, 'collection'>): Promise<Deletion[]> {
  const found = await connection.collection<DeletionDocument>('deletion').find({}).toArray()
  return found.map(({ kind, name, before }) => ({ kind, name: textOf(name), before }))
}

export async function addDeletion(connection: Pick<Connection, 'collection'>, { kind, name, before }: Deletion): Promise<void> {
  await upsertNewest(connection, 'deletion', textId(`${kind} ${name}`), { kind, name: textId(name) }, { before })
}

/** As `SessionStore.removedUpTo`. */
export async function removedUpTo(
  connection: Pick<Connection, 'collection'>,
  id: string,
  machine: string,
  projects: readonly string[],
): Promise<number> {
  const removal = await connection.collection<RemovalDocument>('removed_session').findOne({ _id: textId(id) })
  const ids = [`machine ${machine}`, ...projects.map((name) => `project ${name}`)].map(textId)
  const deletions = await connection
    .collection<DeletionDocument>('deletion')
    .find({ _id: { $in: ids } })
    .toArray()
  return Math.max(removal?.at ?? Number.NEGATIVE_INFINITY, ...deletions.map(({ before }) => before))
}

interface RemovalDocument {
  _id: string
  at: number
}

export async function storedRemovals(connection: Pick<Connection, 'collection'>): Promise<RemovedSession[]> {
  const found = await connection.collection<RemovalDocument>('removed_session').find({}).toArray()
  return found.map(({ _id, at }) => ({ session_id: textOf(_id), at }))
}

export async function addRemoval(connection: Pick<Connection, 'collection'>, { session_id, at }: RemovedSession): Promise<void> {
  await upsertNewest(connection, 'removed_session', textId(session_id), undefined, { at })
}

/** @returns documents removed */
export async function sweepRemovals(connection: Pick<Connection, 'collection'>, now: number): Promise<number> {
  const removals = connection.collection<RemovalDocument>('removed_session')
  const deletions = connection.collection<DeletionDocument>('deletion')
  let removed = (await removals.deleteMany({ at: { $lt: now - REMOVAL_RETENTION_MS } })).deletedCount
  const [oldest] = await removals.find({}, { sort: { at: -1, _id: 1 }, skip: MAX_REMOVED_SESSIONS, limit: 1 }).toArray()
  if (oldest !== undefined) removed += (await removals.deleteMany({ at: { $lte: oldest.at } })).deletedCount
  const [last] = await deletions.find({}, { sort: { before: -1, _id: 1 }, skip: MAX_DELETIONS, limit: 1 }).toArray()
  if (last !== undefined) removed += (await deletions.deleteMany({ before: { $lte: last.before } })).deletedCount
  return removed
}

/** Writes a document, or makes its instant a later one. */
async function upsertNewest(
  connection: Pick<Connection, 'collection'>,
  name: string,
  _id: string,
  set: Readonly<Record<string, string>> | undefined,
  max: Readonly<Record<string, number>>,
): Promise<void> {
  const collection = connection.collection<{ _id: string }>(name)
  const update = { ...(set === undefined ? {} : { $set: set }), $max: max }
  try {
    await collection.updateOne({ _id }, update, { upsert: true })
  } catch (error) {
    // Another hub has inserted it at the same moment.
    if (!isDuplicate(error)) throw error
    await collection.updateOne({ _id }, update)
  }
}
