import type { Connection } from '../connection.ts'
import { addRemoval } from '../deletion.ts'
import { textOf } from '../text-id.ts'
import { createIndexes } from './indexes.ts'

const indexes = [['removed_session', { at: 1 }, { name: 'removed_session_at' }]] as const

interface RemovalEvent {
  _id: number
  event: string
  at: number
  session_id?: string
  data: string
}

/** When sessions were removed, so that late observations do not bring them back; those of the event log are taken over. */
export async function removedSessions(connection: Connection): Promise<void> {
  await createIndexes(connection, indexes)
  for await (const { session_id, at, data } of connection.collection<RemovalEvent>('event').find({ event: 'session.status' })) {
    if (session_id === undefined || session_id === null) continue
    if ((JSON.parse(data) as { status?: string }).status === 'gone') await addRemoval(connection, { session_id: textOf(session_id), at })
  }
}
