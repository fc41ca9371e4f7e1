import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from '@signalbox/contract/call'
import type { HubEvent } from '@signalbox/contract/event'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { stretchForLoad } from '../../../../../test/support/machine-load.ts'
import { MONGO_START_TIMEOUT_MS, type MongoServer, mongoForTests, startMongo } from '../../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { someCall } from '../../../test/call.ts'
import { HubError } from '../../hub-error.ts'
import { type MongoStore, openMongoStore } from './open.ts'

// Builds the server if necessary; these tests kill servers of their own.
beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const now = Date.parse('2026-10-06T09:12:00.000Z')
const everything = { filter: {}, keep: [], now } as const

async function start(options = ''): Promise<{ data: string; server: MongoServer; store: MongoStore }> {
  const data = tempFolder()
  const server = await startMongo({ data })
  onTestFinished(() => server.stop())
  const store = await openMongoStore({ uri: `${server.uri}${options}`, prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  return { data, server, store }
}

async function back({ data, server }: { data: string; server: MongoServer }): Promise<void> {
  const again = await startMongo({ data, port: server.port })
  onTestFinished(() => again.stop())
}

const unavailable = expect.objectContaining({ code: 'unavailable', message: 'The hub database cannot be reached' })

async function expectUnavailable(store: MongoStore, withinMs: number): Promise<void> {
  const began = performance.now()
  const requests = [
    store.usage.ingest('a', [someCall()], { now }),
    store.usage.slices(everything),
    store.usage.state(),
    store.keys.list({ limit: 1, offset: 0 }),
    store.events.bounds(),
    store.check(),
    store.sweep(now),
  ]
  for (const result of await Promise.allSettled(requests)) expect(result).toEqual({ status: 'rejected', reason: unavailable })
  expect(performance.now() - began).toBeLessThan(withinMs)
}

it('during an outage everything is unavailable, and after it nothing confirmed is lost', { timeout: 120_000 }, async () => {
  const hub = await start('?serverSelectionTimeoutMS=500&heartbeatFrequencyMS=500')
  const { store, server } = hub
  const received: HubEvent[] = []
  store.events.listen((events) => received.push(...events))
  const confirmed: Call[] = []
  let refused = 0
  let stop = false
  const writing = (async () => {
    while (!stop) {
      const call = someCall()
      for (;;) {
        try {
          const { accepted, duplicates } = await store.usage.ingest('a', [call], { now })
          expect(accepted + duplicates).toBe(1)
          confirmed.push(call)
          break
        } catch (error) {
          expect(error).toEqual(unavailable)
          refused++
        }
      }
    }
  })()
  await expect.poll(() => confirmed.length, { timeout: 20_000 }).toBeGreaterThan(10)
  server.signal('SIGKILL')
  await expect.poll(() => refused, { timeout: 20_000 }).toBeGreaterThan(0)
  await expectUnavailable(store, 3_000)
  await back(hub)
  const before = confirmed.length
  await expect.poll(() => confirmed.length, { timeout: 20_000 }).toBeGreaterThan(before + 10)
  stop = true
  await writing
  const calls = (await store.usage.slices(everything)).reduce((sum, slice) => sum + slice.calls, 0)
  expect(calls).toBe(confirmed.length)
  await store.check()
  const { last } = await store.events.bounds()
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(last)
  expect(received.map(({ id }) => id)).toEqual(Array.from({ length: last }, (_, n) => n + 1))
})

it('a server that does not answer times out, and is used again when it answers', { timeout: 120_000 }, async () => {
  // A fifth of the default timeouts, or less.
  const { store, server } = await start('?serverSelectionTimeoutMS=500&connectTimeoutMS=600&heartbeatFrequencyMS=500&socketTimeoutMS=4000')
  await store.usage.ingest('a', [someCall()], { now })
  server.signal('SIGSTOP')
  // The signal may take effect a little later.
  await delay(200)
  await expectUnavailable(store, 6_000)
  await expectUnavailable(store, 3_000)
  server.signal('SIGCONT')
  await expect
    .poll(
      () =>
        store.check().then(
          () => 'available',
          () => 'unavailable',
        ),
      { timeout: 20_000 },
    )
    .toBe('available')
  await store.usage.ingest('a', [someCall()], { now })
})

it('an unreachable store does not open, and its error does not contain the password', async () => {
  const began = performance.now()
  const opening = openMongoStore({ uri: 'mongodb://me:secret@127.0.0.1:9/signalbox', prices: defaultPriceTable() })
  const error: unknown = await opening.catch((error: unknown) => error)
  expect(error).toEqual(unavailable)
  expect(error instanceof HubError && `${error.message} ${error.suggestion}`).not.toContain('secret')
  expect(performance.now() - began).toBeLessThan(await stretchForLoad(6_000))
  const wrong = openMongoStore({ uri: 'mongodb://me:sec@ret:host', prices: defaultPriceTable() })
  await expect(wrong).rejects.toMatchObject({ code: 'database_error', message: 'MONGODB_URI cannot be read' })
})

it('a closed store refuses every call', async () => {
  const { store } = await start()
  const write = store.usage.ingest('a', [someCall()], { now })
  await store.close()
  expect(await write).toMatchObject({ accepted: 1 })
  await expectUnavailable(store, 1_000)
  await delay(400)
})
