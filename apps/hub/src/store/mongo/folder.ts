import type { MachineFolder } from '@signalbox/usage/project-map'
import type { Change } from '../change.ts'
import type { FolderStore } from '../folder.ts'
import type { Connection } from './connection.ts'
import type { IdempotencyRecords } from './core/idempotency.ts'
import { isDuplicate } from './error.ts'
import { textId, textOf } from './text-id.ts'
import type { PendingIngests } from './usage/pending-ingest.ts'

interface FolderDocument {
  /** JSON of machine and folder. */
  _id: string
  machine: string
  folder: string
  project: string
  root: string
  seen: MachineFolder['seen']
}

export function folderStore(connection: Connection, idempotency: IdempotencyRecords, pendingIngests: PendingIngests): FolderStore {
  const folders = connection.collection<FolderDocument>('project_folder')
  // Counted before too: a hub that dies in between leaves no reader with what was there before.
  const write = (change: Change, work: () => Promise<unknown>): Promise<void> =>
    connection.write(async () => {
      await idempotency.run(change, async () => {
        await pendingIngests.recordFolders()
        await work()
        await pendingIngests.recordFolders()
        return {}
      })
    })
  return {
    put: (machine, added, change) =>
      write(change, () =>
        putFolders(
          connection,
          added.map((folder) => ({ machine, ...folder })),
        ),
      ),
    all: () => connection.read(() => storedFolders(connection)),
    revision: () => connection.read(() => pendingIngests.foldersRevision()),
    remove: (selection, change) =>
      write(change, () =>
        folders.deleteMany('machine' in selection ? { machine: textId(selection.machine) } : { folder: textId(selection.folder) }),
      ),
    move: (from, to, change) =>
      write(change, async () => {
        const all = await storedFolders(connection)
        const own = new Set(all.flatMap(({ machine, folder }) => (machine === to ? [folder] : [])))
        const moved = all.filter(({ machine, folder }) => machine === from && !own.has(folder))
        await putFolders(
          connection,
          moved.map((folder) => ({ ...folder, machine: to })),
        )
        await folders.deleteMany({ machine: textId(from) })
      }),
  }
}

export async function storedFolders(connection: Connection): Promise<MachineFolder[]> {
  const found = await connection.collection<FolderDocument>('project_folder').find({}).toArray()
  return found.map(({ machine, folder, project, root, seen }) => ({
    machine: textOf(machine),
    folder: textOf(folder),
    project: textOf(project),
    root: textOf(root),
    seen,
  }))
}

export async function putFolders(connection: Connection, added: readonly MachineFolder[]): Promise<void> {
  const { maxUpdates } = connection.dialect
  const updates = added.map(({ machine, folder, project, root, seen }) => ({
    updateOne: {
      filter: { _id: textId(JSON.stringify([machine, folder])) },
      update: { $set: { machine: textId(machine), folder: textId(folder), project: textId(project), root: textId(root), seen } },
      upsert: true,
    },
  }))
  const collection = connection.collection<FolderDocument>('project_folder')
  for (let n = 0; n < updates.length; n += maxUpdates) {
    const some = updates.slice(n, n + maxUpdates)
    try {
      await collection.bulkWrite(some, { ordered: false })
    } catch (error) {
      if (!isDuplicate(error)) throw error
      // Another hub has inserted one of them at the same moment.
      await collection.bulkWrite(some, { ordered: false })
    }
  }
}
