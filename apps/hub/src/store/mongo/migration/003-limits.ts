import type { CreateIndexesOptions, IndexDirection } from 'mongodb'
import type { Connection } from '../connection.ts'
import { untoldIndex } from '../untold.ts'

type Index = readonly [collection: string, key: Record<string, IndexDirection>, options: CreateIndexesOptions & { name: string }]

/** Readings of the plan limits, and collectors. */
const indexes: readonly Index[] = [
  ['reading', { account: 1, at: 1, reading_id: 1 }, { name: 'account' }],
  ['reading', { at: 1, reading_id: 1 }, { name: 'at' }],
  ['reading', { unfinished: 1 }, { name: 'unfinished' }],
  ['reading', untoldIndex.key, { name: untoldIndex.name }],
  ['limit_day', { account: 1, day: 1 }, { name: 'account' }],
  ['collector', untoldIndex.key, { name: untoldIndex.name }],
  ['limit_trigger', { step: 1, machine: 1, changed_at: 1 }, { name: 'step' }],
  ['limit_trigger', untoldIndex.key, { name: untoldIndex.name }],
]

export async function limits(connection: Connection): Promise<void> {
  // One at a time: FerretDB breaks off when it is given several that are there already.
  for (const [collection, key, options] of indexes) await connection.collection(collection).createIndex(key, options)
}
