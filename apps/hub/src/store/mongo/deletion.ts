import type { Deletion } from '../deletion.ts'
import type { Connection } from './connection.ts'
import { isDuplicate } from './error.ts'
import { textId, textOf } from './text-id.ts'

interface DeletionDocument {
  _id: string
  kind: Deletion['kind']
  name: string
  before: number
}

/** The deletions, by which deleted data is refused. */
export async function storedDeletions(connection: Connection): Promise<Deletion[]> {
  const found = await connection.collection<DeletionDocument>('deletion').find({}).toArray()
  return found.map(({ kind, name, before }) => ({ kind, name: textOf(name), before }))
}

export async function addDeletion(connection: Connection, { kind, name, before }: Deletion): Promise<void> {
  const deletions = connection.collection<DeletionDocument>('deletion')
  const _id = textId(`${kind} ${name}`)
  const update = { $set: { kind, name: textId(name) }, $max: { before } }
  try {
    await deletions.updateOne({ _id }, update, { upsert: true })
  } catch (error) {
    // Another hub has inserted it at the same moment.
    if (!isDuplicate(error)) throw error
    await deletions.updateOne({ _id }, update)
  }
}
