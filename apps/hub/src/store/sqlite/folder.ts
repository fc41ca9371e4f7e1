import type { MachineFolder } from '@signalbox/usage/project-map'
import type { FolderSelection, FolderStore } from '../folder.ts'
import type { Connection } from './connection.ts'
import type { Writer } from './writer.ts'

export function folderStore(connection: Connection, writer: Writer): FolderStore {
  return {
    put(machine, folders, change) {
      return writer.write(change, () =>
        putFolders(
          connection,
          folders.map((folder) => ({ machine, ...folder })),
        ),
      )
    },
    async all() {
      return connection.read(() => storedFolders(connection))
    },
    async revision() {
      return connection.read(() => connection.prepare('SELECT folders_revision FROM usage_state').pluck().get() as number)
    },
    remove(selection, change) {
      return writer.write(change, () => {
        const { changes } = connection.prepare(`DELETE FROM project_folder WHERE ${columnOf(selection)} = ?`).run(nameOf(selection))
        if (changes > 0) countChange(connection)
      })
    },
    move(from, to, change) {
      return writer.write(change, () => {
        connection.prepare('UPDATE OR IGNORE project_folder SET machine = ? WHERE machine = ?').run(to, from)
        connection.prepare('DELETE FROM project_folder WHERE machine = ?').run(from)
        countChange(connection)
      })
    },
  }
}

export function storedFolders(connection: Connection): MachineFolder[] {
  return connection.prepare('SELECT machine, folder, project, root, seen FROM project_folder').all() as MachineFolder[]
}

/** Inside a transaction. */
export function putFolders(connection: Connection, folders: readonly MachineFolder[]): void {
  const put = connection.prepare(
    `INSERT INTO project_folder (machine, folder, project, root, seen) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
     project = excluded.project, root = excluded.root, seen = excluded.seen
     WHERE project <> excluded.project OR root <> excluded.root OR seen <> excluded.seen`,
  )
  let changed = 0
  for (const { machine, folder, project, root, seen } of folders) changed += put.run(machine, folder, project, root, seen).changes
  if (changed > 0) countChange(connection)
}

/** Reports may have changed too. */
function countChange(connection: Connection): void {
  connection.prepare('UPDATE usage_state SET folders_revision = folders_revision + 1, revision = revision + 1').run()
}

function columnOf(selection: FolderSelection): string {
  return 'machine' in selection ? 'machine' : 'folder'
}

function nameOf(selection: FolderSelection): string {
  return 'machine' in selection ? selection.machine : selection.folder
}
