import type { Document } from 'mongodb'
import { readHistory, type SessionHistory } from '../../../state/session-history.ts'
import type { Connection } from '../connection.ts'
import { createIndexes, type Index } from './indexes.ts'

const indexes: readonly Index[] = [['session', { 'session.stalled_at': 1 }, { name: 'stalled_at' }]]

interface OldSession extends Document {
  _id: unknown
  session: { readonly history: string; readonly status: string; readonly updated_at: number }
}

/** Attempts of sessions, and since when they are stalled: documents of before have none of the new fields. */
export async function attemptsListening(connection: Connection): Promise<void> {
  await createIndexes(connection, indexes)
  const sessions = connection.collection<OldSession>('session')
  // A session that is being purged has no record any more.
  const old = { 'session.created_at': { $gte: 0 }, 'session.attempt': { $exists: false } }
  const special = { ...old, $or: [{ 'session.status': 'stalled' }, { 'session.history': /"recoveries"/ }] }
  for await (const { _id, session } of sessions.find(special, { projection: { session: 1 } })) {
    const { recoveries = [], stall }: SessionHistory = readHistory(session.history)
    const stalled_at = session.status === 'stalled' ? (stall?.at ?? session.updated_at) : null
    const fields = { attempt: 1 + recoveries.length, stalled_at, stalled_fail_after_ms: null }
    const set = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`session.${name}`, value]))
    await sessions.updateOne({ _id, 'session.attempt': { $exists: false } }, { $set: set })
  }
  const plain = { 'session.attempt': 1, 'session.stalled_at': null, 'session.stalled_fail_after_ms': null }
  await sessions.updateMany(old, { $set: plain })
}
