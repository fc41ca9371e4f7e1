import type { ListPlace } from '../change.ts'
import { textId } from './text-id.ts'

/** The condition for the documents behind a place, in the order of a sort field, ties by ascending id. */
export function behind(after: ListPlace | undefined, field: string, descending: boolean, id = '_id'): Record<string, unknown> {
  if (after === undefined) return {}
  const key = textId(after.id)
  return { $or: [{ [field]: { [descending ? '$lt' : '$gt']: after.at } }, { [field]: after.at, [id]: { $gt: key } }] }
}
