import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { freshDatabase } from '../../../test/support/mongo.ts'
import { type MongoStore, openMongoStore } from '../src/store/mongo/open.ts'
import { type Fleet, fleetOf } from './fleet.ts'
import { openHub, TestClock, type TestHub } from './open-hub.ts'
import { type SlowLine, slowLine } from './slow-line.ts'

/** A hub on MongoDB, with short words for what its tests ask of it. */
export interface Hub {
  readonly fleet: Fleet
  readonly store: MongoStore
  readonly hub: TestHub
  ask(method: string, url: string, payload?: object, headers?: Record<string, string>): ReturnType<TestHub['ask']>
}

/** One hub whose line to the database is in the hand of the test, and one that is well. */
export async function slowAndWell(): Promise<{ slow: Hub; well: Hub; line: SlowLine; clock: TestClock }> {
  const [uri, clock] = [await freshDatabase(), new TestClock()]
  const line = await slowLine(uri)
  const open = async (at: string, tidy: number): Promise<Hub> => {
    const store = await openMongoStore({ uri: at, prices: defaultPriceTable(), pace: { follow: 30, tidy, dead: 60_000 } })
    const hub = await openHub({ clock, env: { LOG_LEVEL: 'silent' }, store })
    await hub.monitor.look()
    return {
      fleet: fleetOf(hub),
      store,
      hub,
      ask: (method, url, payload, headers = {}) => hub.ask(method, url, { headers, ...(payload === undefined ? {} : { payload }) }),
    }
  }
  // The slow one leaves what lies about to the other.
  return { well: await open(uri, 100), slow: await open(line.uri, 1_000_000), line, clock }
}

export const logOf = async ({ ask }: Hub, query = '') =>
  (await ask('GET', `/events?format=json&after=0&limit=1000${query}`)).json() as HubEvent[]
export const names = (log: readonly HubEvent[]) => log.map(({ event, data }) => [event, data.status].filter(Boolean).join(' '))

/** What a dead hub was at counts as dead only after a while. */
export async function forget({ store }: Hub): Promise<void> {
  await store.connection.collection('once').updateMany({}, { $set: { held_at: 0 } })
}

/** A command to MongoDB and the collection it is for. */
type Command = readonly [name: string, collection: string]

export interface TwoSteps {
  readonly line: SlowLine
  readonly write: Command
  /** The second look, at what may have changed since the first. */
  readonly look: Command
  readonly send: () => ReturnType<Hub['ask']>
  /** What others do after the first look, and before the write arrives. */
  readonly meanwhile?: () => unknown
}

/** Sends a request and stops its hub when it has written and is about to look again; it looks when it is released. */
export async function beforeSecondLook({ line, write, look, send, meanwhile }: TwoSteps) {
  const writing = line.hold(...write)
  const answer = send()
  await writing.reached
  await meanwhile?.()
  const looking = line.hold(...look)
  writing.release()
  await looking.reached
  return { answer, release: looking.release }
}
