import { randomUUID } from 'node:crypto'
import type { Connection } from '../connection.ts'
import { freeKey, type SessionDocument, slotKey } from '../session-document.ts'

interface RenamedSession extends SessionDocument {
  /** The id that a session had before, so that an interrupted migration knows its own copy. */
  renamed_from?: string
}

/**
 * Session ids are in lower case from here on. Of two sessions that had one id in two cases, the other one gets a new id.
 * Deletions need no index: there are few.
 */
export async function deletions(connection: Connection): Promise<void> {
  const sessions = connection.collection<RenamedSession>('session')
  const old: string[] = []
  for await (const { _id } of sessions.find({}, { projection: { _id: 1 } })) if (_id !== _id.toLowerCase()) old.push(_id)
  for (const id of old) await rename(connection, id)
}

async function rename(connection: Connection, old: string): Promise<void> {
  const sessions = connection.collection<RenamedSession>('session')
  const copy = await sessions.findOne({ renamed_from: old }, { projection: { _id: 1 } })
  let id = copy?._id
  if (id === undefined) {
    const document = (await sessions.findOne({ _id: old }))!
    const isTaken = (await sessions.findOne({ _id: old.toLowerCase() }, { projection: { _id: 1 } })) !== null
    id = isTaken ? randomUUID() : old.toLowerCase()
    // A session that is being purged has no record any more.
    const session = document.session && { ...document.session, session_id: id }
    const tasks = document.tasks?.map((task) => ({ ...task, session_id: id! }))
    // Two documents cannot hold one slot: the old one lets go of it first.
    await sessions.updateOne({ _id: old }, { $set: { slot_key: freeKey(`${old} renamed`) } })
    await sessions.insertOne({
      ...document,
      _id: id,
      slot_key: session === undefined ? freeKey(id) : slotKey(session),
      ...(session === undefined ? {} : { session }),
      ...(tasks === undefined ? {} : { tasks }),
      renamed_from: old,
    })
  }
  for (const name of ['task_place', 'session_event', 'event']) {
    await connection.collection<{ _id: string; session_id: string }>(name).updateMany({ session_id: old }, { $set: { session_id: id } })
  }
  await sessions.deleteOne({ _id: old })
}
