import type { SavedViewRecord, SavedViewStore } from '../saved-view.ts'
import type { Connection } from './connection.ts'
import type { Writer } from './writer.ts'

export function savedViewStore(connection: Connection, writer: Writer): SavedViewStore {
  return {
    async list() {
      return storedViews(connection)
    },
    async find(id) {
      const found = connection.read(() => connection.rows('SELECT data FROM saved_view WHERE view_id = ?').get(id) as [string] | undefined)
      return found === undefined ? undefined : (JSON.parse(found[0]) as SavedViewRecord)
    },
    put: (view, change) => writer.write(change, () => putView(connection, view)),
    remove: (id, change) =>
      writer.write(change, () => connection.prepare('DELETE FROM saved_view WHERE view_id = ?').run(id).changes === 1),
  }
}

export function storedViews(connection: Connection): SavedViewRecord[] {
  const rows = connection.read(() => connection.rows('SELECT data FROM saved_view ORDER BY view_id').all() as [string][])
  return rows.map(([data]) => JSON.parse(data) as SavedViewRecord)
}

function putView(connection: Connection, view: SavedViewRecord): boolean {
  const { view_id, revision } = view
  if (revision === 1) return addView(connection, view)
  const sql = 'UPDATE saved_view SET revision = ?, data = ? WHERE view_id = ? AND revision = ?'
  return connection.prepare(sql).run(revision, JSON.stringify(view), view_id, revision - 1).changes === 1
}

/** A view that the store has already stays. @returns whether it was added */
export function addView(connection: Connection, view: SavedViewRecord): boolean {
  const sql = 'INSERT INTO saved_view (view_id, revision, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'
  return connection.prepare(sql).run(view.view_id, view.revision, JSON.stringify(view)).changes === 1
}
