import { type Collection, type Db, type IndexDescription, MongoServerError } from 'mongodb'
import { isDuplicate } from './error.ts'

/** What differs between the servers that speak MongoDB's protocol. The rest of the store is written for MongoDB. */
export interface Dialect {
  readonly server: 'MongoDB' | 'FerretDB'
  /** The most documents of an ordered insert that stops at its first duplicate. */
  readonly maxOrderedInserts: number
  /** The most documents of an unordered insert. */
  readonly maxInserts: number
  /** The most updates of one command. */
  readonly maxUpdates: number
  /** Whether a unique key has refused a write. */
  isDuplicate(error: unknown): boolean
  /** Idempotent, also when some of the indexes exist already. */
  createIndexes(collection: Collection, indexes: readonly IndexDescription[]): Promise<void>
}

const mongodb: Dialect = {
  server: 'MongoDB',
  maxOrderedInserts: 1_000,
  maxInserts: 1_000,
  maxUpdates: 1_000,
  isDuplicate,
  async createIndexes(collection, indexes) {
    await collection.createIndexes([...indexes])
  },
}

/** FerretDB 1 with SQLite, the server of the tests. */
const ferretdb: Dialect = {
  server: 'FerretDB',
  // It continues after a duplicate when there are a hundred documents or more.
  maxOrderedInserts: 50,
  maxInserts: 500,
  // It uses one of a hundred connections for each update of a command.
  maxUpdates: 50,
  // It reports a duplicate key of an update as an internal error.
  isDuplicate: (error) =>
    isDuplicate(error) || (error instanceof MongoServerError && error.code === 1 && /unique constraint/i.test(error.message)),
  // It fails on several indexes of which one exists already.
  async createIndexes(collection, indexes) {
    for (const { key, ...options } of indexes) await collection.createIndex(key, options)
  },
}

/** Asks the server what it is: FerretDB names itself in its build information. */
export async function dialectOf(db: Db): Promise<Dialect> {
  const build = await db.command({ buildInfo: 1 })
  return 'ferretdbVersion' in build || 'ferretdb' in build ? ferretdb : mongodb
}
