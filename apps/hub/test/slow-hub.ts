import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { freshDatabase } from '../../../test/support/mongo.ts'
import { type MongoStore, openMongoStore } from '../src/store/mongo/open.ts'
import { type Fleet, fleetOf } from './fleet.ts'
import { openHub, TestClock, type TestHub } from './open-hub.ts'
import { type SlowNetwork, slowNetwork } from './slow-network.ts'

/** A hub on MongoDB, with shorthands for its tests. */
export interface Hub {
  readonly fleet: Fleet
  readonly store: MongoStore
  readonly hub: TestHub
  ask(method: string, url: string, payload?: object, headers?: Record<string, string>): ReturnType<TestHub['ask']>
}

/** Opens a hub whose connection to the database the test controls, and a healthy one. */
export async function slowAndWell(): Promise<{ slow: Hub; well: Hub; line: SlowNetwork; clock: TestClock }> {
  const [uri, clock] = [await freshDatabase(), new TestClock()]
  // A hub whose network is cut gives up sooner than by default, but not before the driver has tried to reconnect (500 ms).
  const line = await slowNetwork(`${uri}${uri.includes('?') ? '&' : '?'}serverSelectionTimeoutMS=800&heartbeatFrequencyMS=500`)
  const open = async (at: string, recoveryMs: number): Promise<Hub> => {
    const store = await openMongoStore({
      uri: at,
      prices: defaultPriceTable(),
      pace: { pollMs: 30, recoveryMs, orphanedMs: 60_000, claimTimeoutMs: 200 },
    })
    const hub = await openHub({ clock, env: { LOG_LEVEL: 'silent' }, store })
    await hub.monitor.check()
    return {
      fleet: fleetOf(hub),
      store,
      hub,
      ask: (method, url, payload, headers = {}) => hub.ask(method, url, { headers, ...(payload === undefined ? {} : { payload }) }),
    }
  }
  // Only the healthy one repairs what a crashed hub left.
  return { well: await open(uri, 100), slow: await open(line.uri, 1_000_000), line, clock }
}

export const logOf = async ({ ask }: Hub, query = '') =>
  (await ask('GET', `/events?format=json&after=0&limit=1000${query}`)).json() as HubEvent[]
export const names = (log: readonly HubEvent[]) => log.map(({ event, data }) => [event, data.status].filter(Boolean).join(' '))

/** Makes the unfinished writes of a dead hub count as dead at once. */
export async function forget({ store }: Hub): Promise<void> {
  await store.connection.collection('once').updateMany({}, { $set: { held_at: 0 } })
}

/** A command to MongoDB and the collection it is for. */
type Command = readonly [name: string, collection: string]

export interface WriteThenReverify {
  readonly line: SlowNetwork
  readonly write: Command
  /** The re-verify, a second read of what may have changed since the first. */
  readonly look: Command
  readonly send: () => ReturnType<Hub['ask']>
  /** What other hubs do after the first read, and before the write arrives. */
  readonly meanwhile?: () => unknown
}

/** Sends a request and holds its hub between the write and the re-verify; `release` lets it continue. */
export async function beforeReverify({ line, write, look, send, meanwhile }: WriteThenReverify) {
  const writing = line.hold(...write)
  const answer = send()
  await writing.reached
  await meanwhile?.()
  const verifying = line.hold(...look)
  writing.release()
  await verifying.reached
  return { answer, release: verifying.release }
}
