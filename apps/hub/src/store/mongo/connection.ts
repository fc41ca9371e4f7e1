import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions, ReadPreference } from 'mongodb'
import { HubError } from '../../hub-error.ts'
import { WriteTimes } from '../write-times.ts'
import { failClosedWrites } from './closed-write.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import { addressError, storeError, unavailableError } from './error.ts'

/** Timeouts that detect an unreachable server, in milliseconds. Options in the URI take precedence. */
const timeouts: MongoClientOptions = {
  serverSelectionTimeoutMS: 2_500,
  connectTimeoutMS: 3_000,
  heartbeatFrequencyMS: 2_000,
  waitQueueTimeoutMS: 5_000,
  socketTimeoutMS: 20_000,
}

const DEFAULT_DATABASE = 'signalbox'

/** What most parts of the store need of a connection. */
export type Collections = Pick<Connection, 'collection' | 'dialect'>

/** One database; errors of its driver become HubErrors. */
export class Connection {
  readonly #client: MongoClient
  readonly #db: Db
  readonly dialect: Dialect
  readonly #inProgress = new Set<Promise<unknown>>()
  readonly writeTimes = new WriteTimes()
  #closed = false
  /** The error of the last write, for health checks. */
  failure: HubError | undefined

  private constructor(client: MongoClient, db: Db, dialect: Dialect) {
    this.#client = client
    this.#db = db
    this.dialect = dialect
  }

  /** @throws HubError when the URI is invalid, or the server cannot be reached or refuses the user */
  static async open(uri: string): Promise<Connection> {
    const client = clientOf(uri)
    try {
      await client.connect()
      const db = client.db(databaseOf(uri))
      return new Connection(client, db, await dialectOf(db))
    } catch (error) {
      await client.close().catch(() => {})
      throw storeError(error, 'read')
    }
  }

  collection<T extends Document>(name: string): Collection<T> {
    return this.#db.collection<T>(name)
  }

  read<T>(work: () => Promise<T>): Promise<T> {
    return this.#run('read', work)
  }

  async write<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      const result = await this.#run('write', work)
      this.writeTimes.note(began)
      this.failure = undefined
      return result
    } catch (error) {
      if (error instanceof HubError && (error.code === 'unavailable' || error.code === 'database_error')) this.failure = error
      throw error
    }
  }

  /** Bytes of data and indexes on the disk; undefined where the server does not say. */
  async size(): Promise<number | undefined> {
    const { storageSize, indexSize } = await this.read(() => this.#db.stats())
    return typeof storageSize === 'number' ? storageSize + (typeof indexSize === 'number' ? indexSize : 0) : undefined
  }

  /** Waits for the operations in progress. */
  async close(): Promise<void> {
    // Otherwise the driver would reconnect for a late request, and keep the process alive.
    this.#closed = true
    await Promise.allSettled(this.#inProgress)
    await this.#client.close()
  }

  async #run<T>(operation: 'read' | 'write', work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw unavailableError(new Error('The hub database is closed'))
    const running = work()
    this.#inProgress.add(running)
    try {
      return await running
    } catch (error) {
      throw storeError(error, operation)
    } finally {
      this.#inProgress.delete(running)
    }
  }
}

function clientOf(uri: string): MongoClient {
  failClosedWrites()
  try {
    const client = new MongoClient(uri, {
      ...unlessInUri(uri),
      // The store's guarantees depend on these, so the URI cannot change them.
      writeConcern: { w: 'majority', journal: true },
      readPreference: ReadPreference.primary,
      appName: DEFAULT_DATABASE,
    })
    // Callers get the error of an outage; an `error` event without a listener would end the process.
    client.on('error', () => {})
    return client
  } catch (error) {
    throw addressError(error)
  }
}

/** The timeouts that the URI does not set. */
function unlessInUri(uri: string): MongoClientOptions {
  return Object.fromEntries(Object.entries(timeouts).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(uri)))
}

function databaseOf(uri: string): string {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(uri) ?? []
  return name === undefined ? DEFAULT_DATABASE : decodeURIComponent(name)
}
