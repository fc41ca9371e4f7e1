import { setTimeout as delay } from 'node:timers/promises'
import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { logOf, names, slowAndWell } from '../../../test/slow-hub.ts'
import { slowNetwork } from '../../../test/slow-network.ts'
import { EventFeed, type FeedMessage } from '../../event/feed.ts'
import type { NewEvent } from '../../event/new-event.ts'
import type { Dialect } from './dialect.ts'
import { type MongoStore, openMongoStore } from './open.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

const now = Date.parse('2026-10-06T09:12:00.000Z')
const soon = { timeout: 45_000 }
const event = (name: string): NewEvent => ({ event: 'monitor.paused', data: { alert_id: name } })
const series = (name: string, count: number) => Array.from({ length: count }, (_, n) => event(`${name}${n}`))
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

async function open(uri: string, pollMs = 30): Promise<MongoStore> {
  const store = await openMongoStore({ uri, prices: defaultPriceTable(), pace: { pollMs, recoveryMs: 1_000_000, orphanedMs: 60_000 } })
  onTestFinished(() => store.close())
  return store
}

function subscribe(store: MongoStore): HubEvent[] {
  const received: HubEvent[] = []
  store.events.listen((events) => received.push(...events))
  return received
}

describe('the events of another hub', () => {
  it('arrive without gap or duplicate, even if one is written long after its id was chosen', async () => {
    const uri = await freshDatabase()
    const line = await slowNetwork(uri)
    const [slow, well] = [await open(line.uri), await open(uri)]
    const received = [subscribe(slow), subscribe(well)]
    const write = line.hold('insert', 'event')
    const late = slow.events.append([event('late 1'), event('late 2')], { now })
    await write.reached
    await well.events.append([event('first')], { now })
    await well.events.append([event('second')], { now })
    for (const events of received) await vi.waitFor(() => expect(events).toHaveLength(2), soon)
    write.release()
    await late
    for (const events of received) await vi.waitFor(() => expect(events).toHaveLength(4), soon)
    for (const events of received) {
      expect(events.map(({ id, data }) => [id, data.alert_id])).toEqual([
        [1, 'first'],
        [2, 'second'],
        [3, 'late 1'],
        [4, 'late 2'],
      ])
    }
  })

  it('may lie between those of a hub that appends many, each hub in its own order', async () => {
    const uri = await freshDatabase()
    const line = await slowNetwork(uri)
    const [slow, well] = [await open(line.uri), await open(uri)]
    const received = [subscribe(slow), subscribe(well)]
    const writes = numbers(3).map(() => line.hold('insert', 'event'))
    const many = slow.events.append(series('many ', 130), { now })
    for (const [n, write] of writes.entries()) {
      await write.reached
      await well.events.append(series(`few ${n} `, 3), { now })
      write.release()
    }
    await many
    for (const events of received) await vi.waitFor(() => expect(events).toHaveLength(139), soon)
    for (const events of received) {
      expect(events.map(({ id }) => id)).toEqual(numbers(139))
      const names = events.map(({ data }) => data.alert_id as string)
      expect(names.filter((name) => name.startsWith('many '))).toEqual(numbers(130).map((n) => `many ${n - 1}`))
      for (let n = 0; n < 3; n++) expect(names.filter((name) => name.startsWith(`few ${n} `))).toHaveLength(3)
    }
    expect(received[0]).toEqual(received[1])
  })

  it('of a hub that crashes in the middle of many are published by another, each once', async () => {
    const { slow, well, line } = await slowAndWell()
    // The events of its change are inserted in several batches.
    const { connection } = slow.store as { connection: { dialect: Dialect } }
    connection.dialect = { ...connection.dialect, maxOrderedInserts: 5 }
    const received: HubEvent[] = []
    well.hub.store.events.listen((events) => received.push(...events))
    const { session_id } = await well.fleet.session()
    for (let n = 0; n < 7; n++) {
      const { task_id } = await well.fleet.task(session_id)
      await well.fleet.ok('POST', `/tasks/${task_id}/start`, {})
    }
    const [first, second] = [line.hold('insert', 'event'), line.hold('insert', 'event')]
    const failing = slow.ask('POST', `/sessions/${session_id}/mark-failed`, { reason: 'r' })
    await first.reached
    first.release()
    await second.reached
    line.cut()
    expect((await failing).statusCode).toBe(503)
    const ends = (log: readonly HubEvent[]) => names(log).filter((name) => name.endsWith(' failed'))
    await vi.waitFor(async () => expect(ends(await logOf(well))).toHaveLength(8), soon)
    await vi.waitFor(() => expect(ends(received)).toHaveLength(8), soon)
    await vi.waitFor(async () => {
      expect(await well.store.connection.collection('session').countDocuments({ has_untold: true })).toBe(0)
    }, soon)
    expect(ends(await logOf(well))).toHaveLength(8)
    expect(received.map(({ id }) => id)).toEqual(numbers(received.length))
  })
})

describe('a client that reconnects from another hub', () => {
  const ids = (received: readonly FeedMessage[]) =>
    received.flatMap((message) => (typeof message === 'object' && 'id' in message ? message.id : []))

  async function join(store: MongoStore, after: number) {
    const feed = await EventFeed.open({ events: store.events, storeId: () => store.id }, { keepaliveMs: 60_000, stalledMs: 60_000 })
    onTestFinished(() => feed.close())
    return async (more: () => Promise<unknown>, count: number) => {
      const received: FeedMessage[] = []
      feed.subscribe(
        { after, filter: {} },
        { send: (message) => received.push(message) > 0, end: () => {}, drop: () => received.push('keepalive') },
      )
      await more()
      await vi.waitFor(() => expect(ids(received)).toHaveLength(count), soon)
      // The next poll publishes nothing again.
      await delay(400)
      return received
    }
  }

  it('that was ahead receives nothing twice', async () => {
    const uri = await freshDatabase()
    const [ahead, behind] = [await open(uri), await open(uri, 300)]
    const joining = await join(behind, 5)
    await ahead.events.append(series('seen ', 5), { now })
    const received = await joining(async () => {
      await ahead.events.append(series('new ', 3), { now })
    }, 3)
    expect(ids(received)).toEqual([6, 7, 8])
    expect(received[0]).toEqual({ at: 5 })
  })

  it('or from another store receives what happens next', async () => {
    const store = await open(await freshDatabase())
    await store.events.append(series('old ', 3), { now })
    const joining = await join(store, 1_000)
    const received = await joining(async () => {
      await store.events.append(series('new ', 2), { now })
    }, 2)
    expect(ids(received)).toEqual([4, 5])
    expect(received[0]).toMatchObject({ event: 'gap', data: { reason: 'other_log', after: 1_000, continues_after: 3 } })
  })
})
