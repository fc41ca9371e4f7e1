import type { Connection } from '../connection.ts'
import { createIndexes, type Index } from './indexes.ts'

const indexes: readonly Index[] = [['session_event', { session_id: 1, at: -1 }, { name: 'session_id' }]]

/** Sessions that are observed, and the collectors of machines: documents of before have none of the new fields. */
export async function observedSessions(connection: Connection): Promise<void> {
  await createIndexes(connection, indexes)
  // A session that is being purged has no record any more.
  await connection.collection('session').updateMany(
    { 'session.created_at': { $gte: 0 }, 'session.observed': { $exists: false } },
    {
      $set: {
        'session.not_seen_since': null,
        'session.process_seen_at': null,
        'session.claude_code': null,
        'session.observed': null,
      },
    },
  )
  const machines = connection.collection('machine')
  await machines.updateMany({ 'machine.collector': { $exists: false } }, { $set: { 'machine.collector': null } })
}
