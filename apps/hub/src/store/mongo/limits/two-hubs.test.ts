import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { openHub, TestClock, type TestHub } from '../../../../test/open-hub.ts'
import { someReading, someWindow } from '../../../../test/reading.ts'
import { groupsOf } from '../../../limits/day-hours.ts'
import type { KeptReading } from '../../../limits/kept-reading.ts'
import type { Store } from '../../store.ts'
import { type MongoStore, openMongoStore, type Pace } from '../open.ts'
import { untold } from '../untold.ts'
import { documentOf, type ReadingDocument } from './readings.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)
vi.setConfig({ testTimeout: 90_000 })

const now = Date.parse('2026-10-06T09:12:00.000Z')
const MINUTE = 60_000
const DAY = 86_400_000
const brisk: Pace = { follow: 30, tidy: 100, dead: 60_000 }
const soon = { timeout: 20_000 }
const path = '/api/claude/console-usage'

async function open(uri: string, pace = brisk): Promise<MongoStore> {
  const store = await openMongoStore({ uri, prices: defaultPriceTable(), pace })
  onTestFinished(() => store.close())
  return store
}

async function twoHubs(env: NodeJS.ProcessEnv = {}): Promise<[TestHub, TestHub]> {
  const [uri, clock] = [await freshDatabase(), new TestClock()]
  const one = async () =>
    openHub({
      clock,
      env: { LOG_LEVEL: 'silent', ...env },
      store: await openMongoStore({ uri, prices: defaultPriceTable(), pace: brisk }),
    })
  return [await one(), await one()]
}

async function all(store: Store): Promise<KeptReading[]> {
  const found: KeptReading[] = []
  for await (const piece of store.limits.readings()) found.push(...piece)
  return found
}

describe('two hubs on one database', () => {
  it('keep readings that come to both in one order, each once, and tell of each once', async () => {
    const hubs = await twoHubs()
    const told: HubEvent[] = []
    hubs[0].store.events.listen((events) => told.push(...events))
    const readings = Array.from({ length: 24 }, (_, n) => someReading(now - ((n * 7) % 24) * MINUTE, { idempotencyKey: `k${n}` }))
    // Every one of them to both.
    const answers = await Promise.all(
      readings.flatMap((payload) => hubs.map((hub) => hub.ask('POST', path, { payload: payload as unknown as object }))),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
    for (const { store } of hubs) {
      expect((await all(store)).map(({ at }) => (now - at) / MINUTE)).toEqual(Array.from({ length: 24 }, (_, n) => 23 - n))
      expect(await store.limits.metadata()).toMatchObject({ versionCount: 24, totalVersionsCreated: 24, totalVersionsDeleted: 0 })
    }
    await vi.waitFor(() => expect(told.filter(({ event }) => event === 'limits.snapshot')).toHaveLength(24), soon)
    const [a, b] = await Promise.all(hubs.map(async (hub) => (await hub.ask('GET', path)).json()))
    expect(a).toEqual(b)
    expect(a.versionInfo).toMatchObject({ current: 24, total: 24 })
  })

  it('remove what is too old once, and count it once', async () => {
    const hubs = await twoHubs()
    for (let n = 0; n < 30; n++) await hubs[n % 2]!.store.limits.put(someReading(now - 20 * DAY - n * MINUTE), { now })
    for (let n = 0; n < 4; n++) await hubs[n % 2]!.store.limits.put(someReading(now - n * MINUTE), { now })
    await Promise.all(Array.from({ length: 6 }, (_, n) => hubs[n % 2]!.store.limits.retain('', { versions: 10, days: 7 }, now)))
    for (const { store } of hubs) {
      expect(await store.limits.metadata()).toMatchObject({
        versionCount: 10,
        totalVersionsCreated: 34,
        totalVersionsDeleted: 24,
        lastCleanup: new Date(now).toISOString(),
      })
    }
    expect((await all(hubs[0].store)).map(({ at }) => at > now - DAY).filter(Boolean)).toHaveLength(4)
  })

  it('bring a trigger to the collector that waits at the other one, once', async () => {
    const [near, far] = await twoHubs()
    const ask = (hub: TestHub, waitMs: number, triggers: object[] = []) =>
      hub.ask('POST', `${path}/collector`, {
        payload: { machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs, triggers },
      })
    const waiting = ask(far, 15_000)
    await expect.poll(async () => (await near.store.limits.collectors()).length, soon).toBe(1)
    const began = performance.now()
    const trigger = await near.ask('POST', `${path}/trigger`)
    expect(trigger.statusCode).toBe(202)
    const { id } = trigger.json()
    expect((await waiting).json().trigger).toEqual({ id })
    expect(performance.now() - began).toBeLessThan(5_000)
    expect((await ask(near, 0)).json().trigger).toBeUndefined()
    await ask(near, 0, [{ id, step: 'failed', message: 'no page' }])
    const steps = async () =>
      ((await far.ask('GET', '/events?format=json&types=limits.trigger&after=0')).json() as HubEvent[]).map(({ data }) => data.step)
    expect(await steps()).toEqual(['requested', 'picked_up', 'failed'])
  })
})

it('a trigger at one hub reaches a collector at the other where that of the newest reading has gone', async () => {
  const [near, far] = await twoHubs()
  const ask = (hub: TestHub, machine_id: string, waitMs: number) =>
    hub.ask('POST', `${path}/collector`, { payload: { machine_id, collector: { state: 'ok', consecutiveFailures: 0 }, waitMs } })
  await near.store.limits.put(someReading(now), { now })
  await ask(near, 'laptop', 0)
  near.clock.pass(60_001)
  const waiting = ask(far, 'box', 15_000)
  await expect.poll(async () => (await near.store.limits.collectors())[0]?.machine, soon).toBe('box')
  const trigger = (await near.ask('POST', `${path}/trigger`)).json()
  expect(trigger.machine_id).toBe('box')
  expect((await waiting).json().trigger).toEqual({ id: trigger.id })
})

describe('a hub that died', () => {
  it.each(['before anything that follows', 'before it told of it'])('has written a reading, %s: another one does it', async (when) => {
    const uri = await freshDatabase()
    const dead = await open(uri, { ...brisk, tidy: 1_000_000 })
    const reading = someReading(now, { currentSession: someWindow(63, now + DAY) })
    const version = { id: '0123456789abcdef0123456789abcdef', account: '', at: now, receivedAt: now, reading }
    const { unfinished: _, ...finished } = documentOf(version)
    const document = {
      ...(when === 'before it told of it' ? finished : documentOf(version)),
      ...untold(1, [{ event: 'limits.snapshot' as const, data: { lastUpdated: reading.lastUpdated } }], now),
    }
    await dead.connection.collection<ReadingDocument>('reading').insertOne(document)
    const told: HubEvent[] = []
    const store = await open(uri)
    store.events.listen((events) => told.push(...events))
    await vi.waitFor(() => expect(told.map(({ event }) => event)).toEqual(['limits.snapshot']), soon)
    if (when === 'before it told of it') return
    await vi.waitFor(async () => expect((await store.limits.metadata()).totalVersionsCreated).toBe(1), soon)
    const [day] = (await store.limits.days({ accounts: [''], from: 0, to: 100_000 })).filter(({ window }) => window === 'session')
    expect(groupsOf(day!.hours)).toMatchObject([{ max: 63 }])
    expect((await store.limits.heads([''])).length).toBe(1)
    // Sent again, it is that one.
    expect(await store.limits.put(reading, { now })).toMatchObject({ fresh: false, number: 1 })
    expect(await store.limits.metadata()).toMatchObject({ versionCount: 1, totalVersionsCreated: 1 })
  })
})
