import type { CreateIndexesOptions, IndexDirection } from 'mongodb'
import type { Connection } from '../connection.ts'

type Index = readonly [collection: string, key: Record<string, IndexDirection>, options: CreateIndexesOptions & { name: string }]

/** Usage, keys, events, and what is written once. */
const indexes: readonly Index[] = [
  ['event', { cause: 1 }, { name: 'cause', unique: true }],
  ['event', { at: 1 }, { name: 'at' }],
  ['once', { made_at: 1 }, { name: 'made_at' }],
  ['key', { hash: 1 }, { name: 'hash', unique: true }],
  ['key', { prefix: 1 }, { name: 'prefix' }],
  ['key', { created_at: -1, _id: 1 }, { name: 'created_at' }],
  ['call', { quarter: 1 }, { name: 'quarter' }],
]

export async function firstFloor(connection: Connection): Promise<void> {
  // One at a time: FerretDB breaks off when it is given several that are there already.
  for (const [collection, key, options] of indexes) await connection.collection(collection).createIndex(key, options)
}
