import type { Filter } from 'mongodb'
import { deletionOf } from '../../deletion.ts'
import type { LimitRemovalStore, SnapshotSelection } from '../../limit-removal.ts'
import type { Connection } from '../connection.ts'
import { addDeletion } from '../deletion.ts'
import { textId, textOf } from '../text-id.ts'
import type { CollectorDocument, Collectors } from './collector.ts'
import { type AccountState, type SnapshotCollection, type SnapshotDocument, snapshotVersion } from './snapshot.ts'
import type { Triggers } from './trigger.ts'

export function limitRemoval(
  connection: Connection,
  rows: SnapshotCollection,
  collectors: Collectors,
  triggers: Triggers,
): LimitRemovalStore {
  const { snapshots } = rows
  const find = async (selection: SnapshotSelection): Promise<SnapshotDocument[]> => {
    const filter = ('account' in selection ? { account: textId(selection.account) } : {}) as Filter<SnapshotDocument>
    const found: SnapshotDocument[] = []
    for await (const document of snapshots.find(filter)) {
      if ('account' in selection || snapshotVersion(document).body.machine_id === selection.machine) found.push(document)
    }
    return found
  }
  const batches = function* (documents: readonly SnapshotDocument[]) {
    const size = connection.dialect.maxUpdates
    for (let n = 0; n < documents.length; n += size) yield documents.slice(n, n + size)
  }
  return {
    countSnapshots(selection) {
      return connection.read(async () => (await find(selection)).length)
    },
    deleteSnapshots(selection, { now }) {
      return connection.write(async () => {
        await addDeletion(connection, deletionOf(selection, now))
        await rows.finishOrphaned(true)
        const found = await find(selection)
        const ids = new Set(found.map(({ _id }) => _id))
        for (const some of batches(found)) await snapshots.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } })
        const removed = found.map(snapshotVersion).map(({ id, account, at }) => ({ id, account, at }))
        if ('account' in selection) {
          const account = textId(selection.account)
          await rows.days.deleteMany({ account })
          await rows.accounts.deleteOne({ _id: account })
          await collectors.collection.documents.updateMany({ account: selection.account } as Filter<CollectorDocument>, {
            $unset: { account: '', account_at: '' },
          })
        } else {
          for (const account of new Set(removed.map(({ account }) => account))) {
            await rows.change(account, (state) => ({
              ...state,
              cleanedAt: now,
              heads: state.heads.filter(({ document }) => !ids.has(document)),
            }))
          }
        }
        return removed
      })
    },
    moveSnapshots(from, to) {
      return connection.write(async () => {
        const found = await find({ machine: from })
        for (const some of batches(found)) {
          await snapshots.bulkWrite(
            some.map((document) => {
              const body = JSON.stringify({ ...snapshotVersion(document).body, machine_id: to })
              return { updateOne: { filter: { _id: document._id }, update: { $set: { body } } } }
            }),
            { ordered: false },
          )
        }
        const accounts = await rows.accounts.find({}, { projection: { _id: 1 } }).toArray()
        for (const { _id } of accounts) await rows.change(textOf(_id), (state) => withHeadsOf(state, from, to))
        return found.length
      })
    },
    removeCollector(machine) {
      return connection.write(async () => {
        await triggers.collection.documents.deleteMany({ machine: textId(machine) })
        return (await collectors.collection.documents.deleteOne({ _id: textId(machine) })).deletedCount > 0
      })
    },
  }
}

/** Gives the newest snapshots of one machine to another, where they are newer than its own. */
function withHeadsOf(state: AccountState, from: string, to: string): AccountState | undefined {
  if (!state.heads.some(({ machine }) => machine === from)) return undefined
  const heads = new Map<string, AccountState['heads'][number]>()
  for (const head of state.heads) {
    const next = head.machine === from ? { ...head, machine: to } : head
    const key = JSON.stringify([next.machine, next.source])
    const known = heads.get(key)
    if (known === undefined || next.at > known.at || (next.at === known.at && next.id > known.id)) heads.set(key, next)
  }
  return { ...state, heads: [...heads.values()] }
}
