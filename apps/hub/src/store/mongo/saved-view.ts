import type { SavedViewRecord, SavedViewStore } from '../saved-view.ts'
import type { AuditLog } from './audit.ts'
import type { Connection } from './connection.ts'
import { textId } from './text-id.ts'

interface SavedViewDocument {
  _id: string
  revision: number
  /** JSON: a name may contain anything. */
  data: string
}

const viewOf = ({ data }: SavedViewDocument) => JSON.parse(data) as SavedViewRecord
const documentOf = (view: SavedViewRecord): SavedViewDocument => ({
  _id: textId(view.view_id),
  revision: view.revision,
  data: JSON.stringify(view),
})

export function savedViewStore(connection: Connection, audit: AuditLog): SavedViewStore {
  const views = connection.collection<SavedViewDocument>('saved_view')
  return {
    list: () => storedViews(connection),
    async find(id) {
      const found = await connection.read(() => views.findOne({ _id: textId(id) }))
      return found === null ? undefined : viewOf(found)
    },
    put: (view, change) =>
      connection.write(() =>
        audit.record(change, async () => {
          if (view.revision === 1) return await addView(connection, view)
          const document = documentOf(view)
          const { _id, revision } = document
          return (await views.replaceOne({ _id, revision: revision - 1 }, document)).matchedCount === 1
        }),
      ),
    remove: (id, change) =>
      connection.write(() => audit.record(change, async () => (await views.deleteOne({ _id: textId(id) })).deletedCount === 1)),
  }
}

export async function storedViews(connection: Connection): Promise<SavedViewRecord[]> {
  const views = connection.collection<SavedViewDocument>('saved_view')
  return (await connection.read(() => views.find({}, { sort: { _id: 1 } }).toArray())).map(viewOf)
}

/** A view that the store has already stays. @returns whether it was added */
export async function addView(connection: Connection, view: SavedViewRecord): Promise<boolean> {
  try {
    await connection.collection<SavedViewDocument>('saved_view').insertOne(documentOf(view))
    return true
  } catch (error) {
    if (connection.dialect.isDuplicate(error)) return false
    throw error
  }
}
