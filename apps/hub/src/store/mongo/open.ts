import { randomUUID } from 'node:crypto'
import type { PriceTable } from '@signalbox/usage/price-table'
import type { Store } from '../store.ts'
import { cutsOf } from '../usage/price-cuts.ts'
import { Connection } from './connection.ts'
import { copyStore } from './copy.ts'
import { isDuplicate } from './error.ts'
import { EventLog } from './event.ts'
import { keyStore } from './key.ts'
import { Collectors } from './limits/collector.ts'
import { limitStore } from './limits/limits.ts'
import { Readings } from './limits/readings.ts'
import { Triggers } from './limits/trigger.ts'
import { Machines, machineStore } from './machine.ts'
import { migrate } from './migration/migrate.ts'
import { OnceKeeper } from './once.ts'
import { sessionStore } from './session.ts'
import { TaskPlaces, taskStore } from './task.ts'
import { Teller, type Telling } from './untold.ts'
import { Quarters } from './usage/quarter.ts'
import { Ingests } from './usage/unfinished.ts'
import { usageStore } from './usage/usage.ts'

export interface MongoStoreOptions {
  /** `mongodb://…`; its database, or `signalbox`. */
  readonly uri: string
  readonly prices: PriceTable
  /** Milliseconds of silence after which a machine is offline. */
  readonly machineOfflineMs?: number | undefined
  readonly pace?: Pace
}

/** In milliseconds. */
export interface Pace {
  /** Between two looks for the events of other hubs. */
  readonly follow: number
  /** Between two looks for what a hub has left behind. */
  readonly tidy: number
  /** After which an ingest that is not finished counts as left behind. */
  readonly dead: number
}

const usual: Pace = { follow: 250, tidy: 3_000, dead: 60_000 }

export interface MongoStore extends Store {
  /** For tests of what only MongoDB can do, such as go away. */
  readonly connection: Connection
}

/**
 * Opens a database, and brings it to this version. Several hubs may have it open.
 * @throws HubError `unavailable` when it cannot be reached, `database_error` when it may not be opened or is of a newer
 * version
 */
export async function openMongoStore({ uri, prices, machineOfflineMs = 600_000, pace = usual }: MongoStoreOptions): Promise<MongoStore> {
  const connection = await Connection.open(uri)
  try {
    return await connection.write(() => assemble(connection, prices, machineOfflineMs, pace))
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Whether a database is that of a store; nothing is made where there is none. @throws HubError as `openMongoStore` */
export async function hasMongoStore(uri: string): Promise<boolean> {
  const connection = await Connection.open(uri)
  try {
    return await connection.read(async () => (await connection.collection<IdDocument>('meta').findOne({ _id: 'store' })) !== null)
  } finally {
    await connection.close()
  }
}

async function assemble(connection: Connection, prices: PriceTable, machineOfflineMs: number, pace: Pace): Promise<MongoStore> {
  const cuts = cutsOf(prices)
  const log = new EventLog(connection, pace.follow)
  let id = ''
  /** Makes a database ours, at the start and whenever an empty one has come into its place. */
  const prepare = async () => {
    await migrate(connection)
    id = await idOf(connection)
    await log.open()
  }
  await prepare()
  const keeper = new OnceKeeper(connection)
  const quarters = new Quarters(connection, cuts.thresholds)
  const ingests = new Ingests(connection, quarters, log, pace.dead)
  const teller = new Teller(log)
  const machines = new Machines(connection, teller, machineOfflineMs)
  const places = new TaskPlaces(connection)
  const meta = connection.collection<CheckDocument | IdDocument>('meta')
  const readings = new Readings(connection)
  const collectors = new Collectors(connection, teller)
  const triggers = new Triggers(connection, teller)
  const telling = ['session', 'machine', 'reading', 'collector', 'limit_trigger'].map((name) => connection.collection<Telling>(name))
  const tidy = async () => {
    if ((await meta.findOne({ _id: 'store', id })) === null) await prepare()
    await ingests.finishForgotten()
    await readings.finishForgotten()
    for (const collection of telling) await teller.tellForgotten(collection)
  }
  const stopTidying = repeat(pace.tidy, () => connection.write(tidy))
  return {
    connection,
    get id() {
      return id
    },
    sessions: sessionStore(connection, keeper, teller, machines, places),
    tasks: taskStore(connection, places),
    machines: machineStore(connection, keeper, machines),
    usage: usageStore(connection, keeper, quarters, ingests, cuts),
    limits: limitStore({ connection, keeper, teller, readings, collectors, triggers }),
    keys: keyStore(connection, keeper),
    events: {
      page: (query) => log.page(query),
      latest: (query) => log.latest(query),
      bounds: () => log.bounds(),
      listen: (listener) => log.listen(listener),
      append: (events, { now }) =>
        connection.write(() =>
          log.append(events.map(({ event, data }) => ({ cause: randomUUID(), event, data: JSON.stringify(data), at: now }))),
        ),
    },
    copy: copyStore({ connection, log, teller, places, readings, quarters, ingests }),
    repeatable: (change, work) => connection.write(() => keeper.once(change, () => work())),
    async check() {
      await connection.read(() => meta.findOne({ _id: 'check' }))
      // Whether it can be written is asked only when it lately could not.
      if (connection.failure !== undefined) {
        await connection.write(() => meta.updateOne({ _id: 'check' }, { $inc: { times: 1 } }, { upsert: true }))
      }
    },
    sweep(now) {
      return connection.write(async () => (await keeper.sweep(now)) + (await log.sweep(now)))
    },
    async close() {
      stopTidying()
      log.close()
      await connection.close()
    },
  }
}

interface CheckDocument {
  _id: 'check'
  times: number
}

interface IdDocument {
  _id: 'store'
  id: string
}

/** Made with the store. */
async function idOf(connection: Connection): Promise<string> {
  const meta = connection.collection<IdDocument>('meta')
  const known = await meta.findOne({ _id: 'store' })
  if (known !== null) return known.id
  try {
    await meta.insertOne({ _id: 'store', id: randomUUID() })
  } catch (error) {
    // Two hubs may open a new store at once: the first one's word stands.
    if (!isDuplicate(error)) throw error
  }
  return (await meta.findOne({ _id: 'store' }))!.id
}

/** Does it again and again, one after the other; what fails is tried again with the next. @returns how to stop */
function repeat(everyMs: number, work: () => Promise<unknown>): () => void {
  let stopped = false
  let timer: NodeJS.Timeout
  const later = () => {
    timer = setTimeout(() => {
      const next = () => {
        if (!stopped) later()
      }
      work().then(next, next)
    }, everyMs)
    timer.unref()
  }
  later()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
