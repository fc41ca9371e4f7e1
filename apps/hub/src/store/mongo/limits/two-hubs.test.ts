import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { stretchForLoad } from '../../../../../../test/support/machine-load.ts'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { openHub, TestClock, type TestHub } from '../../../../test/open-hub.ts'
import { someSnapshot, someWindow } from '../../../../test/snapshot.ts'
import { groupsOf } from '../../../limits/day-hours.ts'
import type { SnapshotVersion } from '../../../limits/snapshot-version.ts'
import type { Store } from '../../store.ts'
import { outboxFields } from '../core/event-outbox.ts'
import { type MongoStore, openMongoStore, type Pace } from '../open.ts'
import { documentOf, type SnapshotDocument } from './snapshot.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 90_000 })

const now = Date.parse('2026-10-06T09:12:00.000Z')
const MINUTE = 60_000
const DAY = 86_400_000
const fastPace: Pace = { pollMs: 30, recoveryMs: 100, orphanedMs: 60_000 }
const soon = { timeout: 20_000 }
const path = '/api/claude/console-usage'

async function open(uri: string, pace = fastPace): Promise<MongoStore> {
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
      store: await openMongoStore({ uri, prices: defaultPriceTable(), pace: fastPace }),
    })
  return [await one(), await one()]
}

async function all(store: Store): Promise<SnapshotVersion[]> {
  const found: SnapshotVersion[] = []
  for await (const piece of store.limits.snapshots()) found.push(...piece)
  return found
}

describe('two hubs on one database', () => {
  it('store snapshots that both receive once, in one order, each with one event', async () => {
    const hubs = await twoHubs()
    const received: HubEvent[] = []
    hubs[0].store.events.listen((events) => received.push(...events))
    const snapshots = Array.from({ length: 24 }, (_, n) => someSnapshot(now - ((n * 7) % 24) * MINUTE, { idempotencyKey: `k${n}` }))
    // Each of them to both.
    const answers = await Promise.all(
      snapshots.flatMap((payload) => hubs.map((hub) => hub.ask('POST', path, { payload: payload as unknown as object }))),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
    for (const { store } of hubs) {
      expect((await all(store)).map(({ at }) => (now - at) / MINUTE)).toEqual(Array.from({ length: 24 }, (_, n) => 23 - n))
      expect(await store.limits.metadata()).toMatchObject({ versionCount: 24, totalVersionsCreated: 24, totalVersionsDeleted: 0 })
    }
    await vi.waitFor(() => expect(received.filter(({ event }) => event === 'limits.snapshot')).toHaveLength(24), soon)
    const [a, b] = await Promise.all(hubs.map(async (hub) => (await hub.ask('GET', path)).json()))
    expect(a).toEqual(b)
    expect(a.versionInfo).toMatchObject({ current: 24, total: 24 })
  })

  it('remove expired snapshots once, and count each once', async () => {
    const hubs = await twoHubs()
    for (let n = 0; n < 30; n++) await hubs[n % 2]!.store.limits.put(someSnapshot(now - 20 * DAY - n * MINUTE), { now })
    for (let n = 0; n < 4; n++) await hubs[n % 2]!.store.limits.put(someSnapshot(now - n * MINUTE), { now })
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

  it('deliver a trigger to the collector that waits at the other one, once', async () => {
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
    expect(performance.now() - began).toBeLessThan(await stretchForLoad(5_000))
    expect((await ask(near, 0)).json().trigger).toBeUndefined()
    await ask(near, 0, [{ id, step: 'failed', message: 'no page' }])
    const steps = async () =>
      ((await far.ask('GET', '/events?format=json&types=limits.trigger&after=0')).json() as HubEvent[]).map(({ data }) => data.step)
    expect(await steps()).toEqual(['requested', 'picked_up', 'failed'])
  })
})

it('a trigger at one hub reaches a collector at the other, when the collector of the newest snapshot has disconnected', async () => {
  const [near, far] = await twoHubs()
  const ask = (hub: TestHub, machine_id: string, waitMs: number) =>
    hub.ask('POST', `${path}/collector`, { payload: { machine_id, collector: { state: 'ok', consecutiveFailures: 0 }, waitMs } })
  await near.store.limits.put(someSnapshot(now), { now })
  await ask(near, 'laptop', 0)
  near.clock.pass(60_001)
  const waiting = ask(far, 'box', 15_000)
  await expect.poll(async () => (await near.store.limits.collectors())[0]?.machine, soon).toBe('box')
  const trigger = (await near.ask('POST', `${path}/trigger`)).json()
  expect(trigger.machine_id).toBe('box')
  expect((await waiting).json().trigger).toEqual({ id: trigger.id })
})

describe('a crashed hub', () => {
  it.each(['before it finished it', 'before it published it'])('inserted a snapshot, %s: another hub does', async (when) => {
    const uri = await freshDatabase()
    const crashed = await open(uri, { ...fastPace, recoveryMs: 1_000_000 })
    const snapshot = someSnapshot(now, { currentSession: someWindow(63, now + DAY) })
    const version = { id: '0123456789abcdef0123456789abcdef', account: '', at: now, receivedAt: now, body: snapshot }
    const { unfinished: _, ...finished } = documentOf(version)
    const document = {
      ...(when === 'before it published it' ? finished : documentOf(version)),
      ...outboxFields(1, [{ event: 'limits.snapshot' as const, data: { lastUpdated: snapshot.lastUpdated } }], now),
    }
    await crashed.connection.collection<SnapshotDocument>('reading').insertOne(document)
    const received: HubEvent[] = []
    const store = await open(uri)
    store.events.listen((events) => received.push(...events))
    await vi.waitFor(() => expect(received.map(({ event }) => event)).toEqual(['limits.snapshot']), soon)
    if (when === 'before it published it') return
    await vi.waitFor(async () => expect((await store.limits.metadata()).totalVersionsCreated).toBe(1), soon)
    const [day] = (await store.limits.days({ accounts: [''], from: 0, to: 100_000 })).filter(({ window }) => window === 'session')
    expect(groupsOf(day!.hours)).toMatchObject([{ max: 63 }])
    expect((await store.limits.heads([''])).length).toBe(1)
    // A repeated snapshot is the stored one.
    expect(await store.limits.put(snapshot, { now })).toMatchObject({ fresh: false, number: 1 })
    expect(await store.limits.metadata()).toMatchObject({ versionCount: 1, totalVersionsCreated: 1 })
  })
})
