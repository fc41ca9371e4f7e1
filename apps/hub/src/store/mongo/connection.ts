import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions, ReadPreference } from 'mongodb'
import { HubError } from '../../hub-error.ts'
import { addressError, awayError, storeError } from './error.ts'

/** How soon it is noticed that a server is gone, in milliseconds. What the address itself says wins. */
const pace: MongoClientOptions = {
  serverSelectionTimeoutMS: 2_500,
  connectTimeoutMS: 3_000,
  heartbeatFrequencyMS: 2_000,
  waitQueueTimeoutMS: 5_000,
  socketTimeoutMS: 20_000,
}

const DATABASE = 'signalbox'

/** One database, and the rule that every error of its driver is told as the hub's. */
export class Connection {
  readonly #client: MongoClient
  readonly #db: Db
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false
  /** Of the last write that reached the driver; what a health check has to look into. */
  failure: HubError | undefined

  private constructor(client: MongoClient, db: Db) {
    this.#client = client
    this.#db = db
  }

  /** @throws HubError when the address cannot be read, leads nowhere, or the server lets nobody in */
  static async open(uri: string): Promise<Connection> {
    const client = clientOf(uri)
    try {
      await client.connect()
      return new Connection(client, client.db(databaseOf(uri)))
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
    try {
      const result = await this.#run('write', work)
      this.failure = undefined
      return result
    } catch (error) {
      if (error instanceof HubError && (error.code === 'unavailable' || error.code === 'database_error')) this.failure = error
      throw error
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    // Without this the driver would connect again for whoever comes late, and keep the process alive.
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    await this.#client.close()
  }

  async #run<T>(operation: 'read' | 'write', work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw awayError(new Error('The store is closed'))
    const running = work()
    this.#underWay.add(running)
    try {
      return await running
    } catch (error) {
      throw storeError(error, operation)
    } finally {
      this.#underWay.delete(running)
    }
  }
}

function clientOf(uri: string): MongoClient {
  try {
    const client = new MongoClient(uri, {
      ...unsaid(uri),
      // The promises of a write hold only where these do, whatever the address says.
      writeConcern: { w: 'majority', journal: true },
      readPreference: ReadPreference.primary,
      appName: DATABASE,
    })
    // Outages are told to whoever asks; an event nobody listens to would end the process.
    client.on('error', () => {})
    return client
  } catch (error) {
    throw addressError(error)
  }
}

/** Such of our options as the address does not set. */
function unsaid(uri: string): MongoClientOptions {
  return Object.fromEntries(Object.entries(pace).filter(([name]) => !new RegExp(`[?&]${name}=`, 'i').test(uri)))
}

function databaseOf(uri: string): string {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(uri) ?? []
  return name === undefined ? DATABASE : decodeURIComponent(name)
}
