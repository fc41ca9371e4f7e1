import type { IndexDirection } from 'mongodb'
import type { Collections } from '../connection.ts'

export type Index = readonly [collection: string, key: Record<string, IndexDirection>, options: { name: string; unique?: true }]

/** Creates the indexes of a migration; idempotent. */
export async function createIndexes(connection: Collections, indexes: readonly Index[]): Promise<void> {
  for (const [collection, ofCollection] of Map.groupBy(indexes, ([name]) => name)) {
    await connection.dialect.createIndexes(
      connection.collection(collection),
      ofCollection.map(([, key, options]) => ({ key, ...options })),
    )
  }
}
