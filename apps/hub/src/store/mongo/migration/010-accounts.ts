import type { Connection } from '../connection.ts'
import { recoveryIndex } from '../core/versioned-document.ts'
import { createIndexes } from './indexes.ts'

/** Naming an account publishes an event; another hub publishes it where this one crashed, and finds it by this index. */
const indexes = [['limit_account', recoveryIndex.key, { name: recoveryIndex.name }]] as const

interface AccountDocument {
  _id: string
  revision: number
  state: string
}

/** When the hub saw an account first, as far as the snapshots that are kept go back. */
export async function accounts(connection: Connection): Promise<void> {
  await createIndexes(connection, indexes)
  const documents = connection.collection<AccountDocument>('limit_account')
  const snapshots = connection.collection<{ account: string; received_at: number }>('reading')
  for (const { _id, revision, state } of await documents.find().toArray()) {
    const known = JSON.parse(state) as { firstAt?: number }
    if (known.firstAt !== undefined) continue
    const first = await snapshots.findOne({ account: _id }, { sort: { received_at: 1 }, projection: { received_at: 1 } })
    if (first === null) continue
    // A hub of an earlier version may change it meanwhile; then it has no first instant, which only decides about ties.
    await documents.updateOne({ _id, revision }, { $set: { state: JSON.stringify({ ...known, firstAt: first.received_at }) } })
  }
}
