import { randomUUID } from 'node:crypto'
import { deletionOf } from '../../deletion.ts'
import type { CallSelection, UsageStore } from '../../usage.ts'
import type { Connection } from '../connection.ts'
import { addDeletion } from '../deletion.ts'
import { type CallDocument, documentOf, quarterId, recordOf } from './call-document.ts'
import type { PendingIngests } from './pending-ingest.ts'
import type { QuarterSums } from './quarter.ts'
import { matches } from './slices.ts'

/** Quarters whose calls are read at once. */
const QUARTERS = 50

/**
 * Deletes calls, and moves them to another machine. Each step is recorded like an ingest, so that no one reads outdated sums
 * meanwhile, and another hub marks them if this one dies.
 */
export function callRemoval(
  connection: Connection,
  quarters: QuarterSums,
  pendingIngests: PendingIngests,
): Pick<UsageStore, 'countCalls' | 'deleteCalls' | 'moveCalls'> {
  const calls = connection.collection<CallDocument>('call')

  const takeAll = async (
    selection: CallSelection,
    now: number,
    take: (documents: readonly CallDocument[], token: string) => Promise<unknown>,
  ): Promise<number> => {
    let taken = 0
    const found = (await quarters.read()).filter((slice) => matches(slice, selection))
    const ids = [...new Set(found.map(({ quarter }) => quarterId(quarter)))]
    for (let n = 0; n < ids.length; n += QUARTERS) {
      const some = ids.slice(n, n + QUARTERS)
      const documents: CallDocument[] = []
      for await (const document of calls.find({ quarter: { $in: some } })) if (isSelected(document, selection)) documents.push(document)
      for (const [machine, ofMachine] of Map.groupBy(documents, (document) => recordOf(document).machine)) {
        const token = randomUUID()
        const touched = [...new Set(ofMachine.map(({ quarter }) => quarter))]
        try {
          await pendingIngests.begin(token, machine, touched, now)
          for (let m = 0; m < ofMachine.length; m += connection.dialect.maxUpdates) {
            await take(ofMachine.slice(m, m + connection.dialect.maxUpdates), token)
          }
          const ats = ofMachine.map((document) => recordOf(document).call.at).sort()
          await pendingIngests.finish(token, machine, touched, { accepted: 0, improved: 0, since: ats[0]!, until: ats.at(-1)! }, now)
        } finally {
          pendingIngests.release(token)
        }
        taken += ofMachine.length
      }
    }
    return taken
  }

  return {
    countCalls(selection) {
      return connection.read(async () => {
        const found = (await quarters.read()).filter((slice) => matches(slice, selection))
        return found.reduce((sum, slice) => sum + slice.calls, 0)
      })
    },
    deleteCalls(selection, { now }) {
      return connection.write(async () => {
        await addDeletion(connection, deletionOf(selection, now))
        const remove = (documents: readonly CallDocument[]) => calls.deleteMany({ _id: { $in: documents.map(({ _id }) => _id) } })
        let deleted = 0
        // An ingest of another hub that had read the deletions before may still have been writing.
        for (let pass = 0; pass < 2; pass++) deleted += await takeAll(selection, now, remove)
        return deleted
      })
    },
    moveCalls(from, to, { now }) {
      return connection.write(() =>
        takeAll({ machine: from }, now, (documents, token) =>
          calls.bulkWrite(
            documents.map((document) => {
              const { _id, revision, by, record } = documentOf({ ...recordOf(document), machine: to }, document.revision + 1, token)
              return { updateOne: { filter: { _id, revision: document.revision }, update: { $set: { revision, by, record } } } }
            }),
            { ordered: false },
          ),
        ),
      )
    },
  }
}

function isSelected(document: CallDocument, selection: CallSelection): boolean {
  const { machine, call } = recordOf(document)
  return 'machine' in selection ? machine === selection.machine : call.cwd === selection.project
}
