import type { Call } from '@signalbox/contract/call'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { addToSlice, type Slice, sliceKey, toSlice } from '@signalbox/usage/slice'
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { formerCalls, rekeyed } from '../../../../test/former-calls.ts'
import type { ReportedCall } from '../../copy/portion.ts'
import { Connection } from '../connection.ts'
import { InterruptedConnection } from '../core/interrupted-connection.fixture.ts'
import { type MongoStore, openMongoStore } from '../open.ts'
import { quarterId } from '../usage/call-document.ts'
import { callFields } from './012-call-fields.ts'
import { migrate, migrations } from './migrate.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 300_000 })

const table = defaultPriceTable()
const now = Date.parse('2026-12-01T00:00:00.000Z')
const soon = { timeout: 60_000 }
/** The number of migrations of the hub that wrote the former keys. */
const FORMER_VERSION = 11
const added = ['agent', 'outcome', 'source', 'unfinished', 'odd'] as const

/** A database as hubs of before December 2026 have left it, with its sums by quarter hour. */
async function formerHub(rows: readonly ReportedCall[]): Promise<string> {
  const uri = await freshDatabase()
  const connection = await Connection.open(uri)
  await migrate(connection, migrations.slice(0, FORMER_VERSION))
  const sums = new Map<string, Map<string, Slice>>()
  const documents = rows.map(({ machine, call }) => {
    const slice = toSlice(call, table.thresholds, machine)
    const quarter = quarterId(slice.quarter)
    const slices = sums.get(quarter) ?? new Map<string, Slice>()
    const known = slices.get(sliceKey(slice))
    if (known === undefined) sums.set(quarter, slices.set(sliceKey(slice), slice))
    else addToSlice(known, slice)
    return { _id: call.key, quarter, revision: 1, by: 'an ingest', record: JSON.stringify({ machine, call }) }
  })
  const quarters = [...sums].map(([_id, slices]) => {
    const stored = [...slices.values()].map(({ quarter: _, ...slice }) =>
      Object.fromEntries(Object.entries(slice).filter(([name]) => !added.some((one) => one === name))),
    )
    return { _id, marked: 1, computed: 1, cuts: JSON.stringify(table.thresholds), sums: JSON.stringify(stored) }
  })
  for (const [name, all] of [['call', documents] as const, ['quarter', quarters] as const]) {
    const collection = connection.collection<{ _id: string }>(name)
    for (let n = 0; n < all.length; n += 500) await collection.insertMany(all.slice(n, n + 500), { ordered: false })
  }
  await connection.close()
  return uri
}

async function open(uri: string, log: string[] = []): Promise<MongoStore> {
  const pace = { pollMs: 50, recoveryMs: 100, orphanedMs: 500 }
  const store = await openMongoStore({ uri, prices: table, pace, log: (message) => log.push(message) })
  onTestFinished(() => store.close())
  return store
}

/** Expects exactly the calls of today, and reports of them. */
async function expectRekeyed(store: MongoStore, rows: readonly ReportedCall[]): Promise<void> {
  const expected = rekeyed(rows)
  const stored = new Map<string, Call>()
  for await (const portion of store.copy.dump(now))
    if (portion.kind === 'calls') for (const { call } of portion.rows) stored.set(call.key, call)
  expect(stored).toEqual(new Map([...expected].map(([key, { call }]) => [key, call])))
  const withRequest = [...stored.values()].filter(({ request_id }) => request_id !== undefined).length
  expect(await store.connection.collection('call').countDocuments({ request: { $exists: true } })).toBe(withRequest)
  for (const group of ['day', 'model', 'project', 'session'] as const) {
    // A session has its first project and branch too.
    const keep = group === 'session' ? (['session', 'project', 'branch'] as const) : group === 'day' || group === 'model' ? [] : [group]
    const slices = await store.usage.slices({ filter: {}, keep, now })
    const exact = [...expected.values()].map(({ call }) => toSlice(call, table.thresholds))
    expect(buildReport({ group, timezone: 'UTC', table, slices }), group).toEqual(
      buildReport({ group, timezone: 'UTC', table, slices: exact }),
    )
  }
}

it('a database of before gets the keys of today: only what repeats a message disappears, and reports are exact', async () => {
  const { rows, repeated, foreign } = formerCalls(2_000)
  const uri = await formerHub(rows)
  const log: string[] = []
  const store = await open(uri, log)
  expect(log.at(-1)).toContain(`of 2,000 calls, ${repeated} repeated a call under another request id`)
  expect(log.at(-1)).toContain(`; ${foreign} with ids that Anthropic did not make keep their former keys`)
  await expectRekeyed(store, rows)
  expect(await store.usage.countCalls({ project: '/fork' })).toBe(
    [...rekeyed(rows).values()].filter(({ call }) => call.cwd === '/fork').length,
  )
  const again = rows.slice(0, 300).map(({ call }) => call)
  expect(await store.usage.ingest('any', again, { now })).toEqual({ accepted: 0, improved: 0, duplicates: 300 })
  expect(await store.connection.collection('ingest').countDocuments({})).toBe(0)
  await open(uri, log)
  expect(log).toHaveLength(2)
})

it('continues where it was aborted, at any command', async () => {
  const { rows } = formerCalls(700)
  const uri = await formerHub(rows)
  const connection = await Connection.open(uri)
  onTestFinished(() => connection.close())
  let attempts = 0
  for (let commands = 1; ; commands += 1 + (commands >> 3)) {
    const crash = async (nth: number) => {
      if (nth > commands) throw new Error('the hub crashes')
    }
    attempts++
    const done = await callFields(new InterruptedConnection(connection, crash) as never, () => {}).then(
      () => true,
      (error: Error) => {
        expect(error.message).toBe('the hub crashes')
        return false
      },
    )
    if (done) break
  }
  expect(attempts).toBeGreaterThan(10)
  const store = await open(uri)
  await expectRekeyed(store, rows)
  await vi.waitFor(async () => expect(await connection.collection('ingest').countDocuments({})).toBe(0), soon)
  await expectRekeyed(store, rows)
})

it('may be done by two hubs at once', async () => {
  const { rows } = formerCalls(800)
  const uri = await formerHub(rows)
  for (const store of await Promise.all([open(uri), open(uri)])) await expectRekeyed(store, rows)
})
