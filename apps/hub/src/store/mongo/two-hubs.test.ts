import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from '@signalbox/contract/call'
import type { HubEvent } from '@signalbox/contract/event'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { defaultPriceTable, parsePriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { someCall } from '../../../test/call.ts'
import type { Idempotency } from '../idempotency.ts'
import type { Store } from '../store.ts'
import { EventLog } from './event.ts'
import { type MongoStore, openMongoStore, type Pace } from './open.ts'
import { writeCalls } from './usage/ingest.ts'
import { PendingIngests } from './usage/pending-ingest.ts'
import { QuarterSums } from './usage/quarter.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

const now = Date.parse('2026-10-06T09:12:00.000Z')
const prices = defaultPriceTable()
const fastPace: Pace = { pollMs: 30, recoveryMs: 50, orphanedMs: 300 }
/** For a busy machine, where an ingest may take longer than 300 ms. */
const slowPace: Pace = { ...fastPace, orphanedMs: 60_000 }

async function open(uri: string, pace: Pace = fastPace): Promise<MongoStore> {
  const store = await openMongoStore({ uri, prices, pace })
  onTestFinished(() => store.close())
  return store
}

async function twoHubs(): Promise<[MongoStore, MongoStore]> {
  const uri = await freshDatabase()
  return Promise.all([open(uri, slowPace), open(uri, slowPace)])
}

/** For a busy machine. */
const soon = { timeout: 45_000 }
const everything = { filter: {}, keep: [], now } as const
const count = async (store: Store) => (await store.usage.slices(everything)).reduce((sum, { calls }) => sum + calls, 0)
const output = async (store: Store) => (await store.usage.slices(everything)).reduce((sum, slice) => sum + slice.output, 0)

function subscribe(store: Store): HubEvent[] {
  const received: HubEvent[] = []
  store.events.listen((events) => received.push(...events))
  return received
}

describe('two hubs on one database', () => {
  it('make one key for a code that is redeemed at both at once', async () => {
    const hubs = await twoHubs()
    for (let round = 0; round < 10; round++) {
      const hash = `code ${round}`
      await hubs[0].invites.create({ invite_id: `i_${round}`, scopes: ['ingest'], expires_at: now + 1 }, hash, { now })
      const redeemed = await Promise.all(
        hubs.map((hub, n) =>
          hub.invites.redeem(
            hash,
            { key_id: `k_${round}_${n}`, prefix: 'sbx_same', hash: `${round} ${n}`, machine_id: `box ${n}` },
            { now },
          ),
        ),
      )
      expect(redeemed.map(({ outcome }) => outcome).sort()).toEqual(['redeemed', 'used'])
    }
    expect((await hubs[1].keys.list({ limit: 99, offset: 0 })).total).toBe(10)
  })

  it('both publish every event, once and in order, while both write', async () => {
    const hubs = await twoHubs()
    const received = hubs.map(subscribe)
    await Promise.all(
      hubs.flatMap((hub, n) => Array.from({ length: 30 }, (_, m) => hub.usage.ingest(`hub ${n} call ${m}`, [someCall()], { now }))),
    )
    const ids = Array.from({ length: 60 }, (_, n) => n + 1)
    for (const events of received) await vi.waitFor(() => expect(events).toHaveLength(60), soon)
    for (const events of received) expect(events.map(({ id }) => id)).toEqual(ids)
    expect(received[0]).toEqual(received[1])
    expect(new Set(received[0]!.map(({ data }) => data.machine_id)).size).toBe(60)
    for (const n of [0, 1]) {
      const own = received[0]!.map(({ data }) => String(data.machine_id)).filter((name) => name.startsWith(`hub ${n}`))
      expect(own, 'in the order of its writes').toEqual(Array.from({ length: 30 }, (_, m) => `hub ${n} call ${m}`))
    }
    expect(await hubs[0].events.page({ after: 0, limit: 100 })).toEqual(received[0])
  })

  it('never reuse the id of an event that one of them has removed', async () => {
    const [one, two] = await twoHubs()
    const received = subscribe(two)
    await one.usage.ingest('a', [someCall()], { now })
    await vi.waitFor(() => expect(received).toHaveLength(1), soon)
    await two.sweep(now + 31 * 86_400_000)
    await two.usage.ingest('a', [someCall()], { now })
    await one.usage.ingest('a', [someCall()], { now })
    await vi.waitFor(() => expect(received.map(({ id }) => id)).toEqual([1, 2, 3]), soon)
    expect(await one.events.bounds()).toEqual({ first: 2, last: 3 })
  })

  it('execute a repeated request once', async () => {
    const hubs = await twoHubs()
    const calls = [someCall()]
    const keys = hubs.map((): Idempotency => ({ owner: 'o', key: 'k', fingerprint: 'f', replayed: false }))
    const results = await Promise.all(hubs.map((hub, n) => hub.usage.ingest('a', calls, { now, idempotency: keys[n] })))
    expect(results).toEqual([
      { accepted: 1, improved: 0, duplicates: 0 },
      { accepted: 1, improved: 0, duplicates: 0 },
    ])
    expect(keys.map(({ replayed }) => replayed).sort()).toEqual([false, true])
    const other: Idempotency = { owner: 'o', key: 'k', fingerprint: 'other', replayed: false }
    await expect(hubs[1].usage.ingest('a', calls, { now, idempotency: other })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('compute the same sums, whichever records of the same calls they receive at once', async () => {
    const hubs = await twoHubs()
    const best = new Map<string, Call>()
    const keys = Array.from({ length: 12 }, () => someCall().key)
    const record = (n: number): Call => {
      const at = new Date(now - ((n * 7) % 5) * 900_000 + n).toISOString()
      const call = someCall({ key: keys[n % keys.length]!, at, output: (n * 31) % 17, session_id: `s${n % 3}` })
      const known = best.get(call.key)
      best.set(call.key, known === undefined ? call : mergeCalls(known, call))
      return call
    }
    let next = 0
    const writes = Array.from({ length: 12 }, (_, n) =>
      hubs[n % 2]!.usage.ingest(
        `m${n % 2}`,
        Array.from({ length: 8 }, () => record(next++)),
        { now },
      ),
    )
    // A read in between must not leave outdated sums.
    const reads = hubs.map(async (hub) => {
      for (let n = 0; n < 6; n++) await hub.usage.slices(everything)
    })
    const counts = await Promise.all(writes)
    await Promise.all(reads)
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(keys.length)
    const wanted = [...best.values()]
    for (const hub of hubs) {
      const slices = await hub.usage.slices({ ...everything, keep: ['session'] })
      const sums = (list: readonly { session: string; quarter: number; output: number }[]) =>
        list.map(({ session, quarter, output }) => `${session} ${quarter} ${output}`).sort()
      const model = new Map<string, { session: string; quarter: number; output: number }>()
      for (const call of wanted) {
        const quarter = Math.floor(Date.parse(call.at) / 900_000)
        const slice = model.get(`${call.session_id} ${quarter}`) ?? { session: call.session_id!, quarter, output: 0 }
        slice.output += call.output
        model.set(`${call.session_id} ${quarter}`, slice)
      }
      expect(sums(slices)).toEqual(sums([...model.values()]))
      expect(await hub.usage.state()).toMatchObject({ revision: (await hub.events.bounds()).last })
    }
  })

  it('detect outdated sums that a slow hub wrote over newer ones', async () => {
    const [one, two] = await twoHubs()
    const quarters = one.connection.collection('quarter')
    await one.usage.ingest('a', [someCall()], { now })
    const old = (await quarters.findOne({}))!
    await two.usage.ingest('a', [someCall()], { now })
    await quarters.updateOne({ _id: old._id }, { $set: { computed: old.computed, cuts: old.cuts, sums: old.sums } })
    for (const hub of [one, two]) expect(await count(hub)).toBe(2)
    expect(await quarters.findOne({})).toMatchObject({ marked: 2, computed: 2 })
  })

  it('agree on the calls that replace the one of an old collector, though both arrive at once', async () => {
    const [one, two] = await twoHubs()
    const rounds = Array.from({ length: 15 }, (_, n) => n)
    const former = (n: number) => someCall({ key: `gen-${n}:r`, at: '2026-10-06T09:00:00.000Z', output: 1_000_000 })
    const calls = (n: number) => [1, 2].map((m) => someCall({ key: `gen-${n}:r@${m}/5/0`, at: '2026-10-06T09:20:00.000Z', output: m }))
    await Promise.all(
      rounds.flatMap((n) => {
        const sent = [one.usage.ingest('old', [former(n)], { now }), two.usage.ingest('new', calls(n), { now })]
        return n % 2 === 0 ? sent : sent.reverse()
      }),
    )
    for (const hub of [one, two]) expect([await count(hub), await output(hub)]).toEqual([30, 45])
    expect(await one.connection.collection('call').countDocuments({})).toBe(30)
    expect(await one.connection.collection('ingest').countDocuments({})).toBe(0)
    expect(await two.usage.ingest('old', [former(3)], { now })).toEqual({ accepted: 0, improved: 0, duplicates: 1 })
    expect(await one.usage.ingest('new', calls(3), { now })).toMatchObject({ accepted: 0, duplicates: 2 })
  })

  it('merge the requests of one message that are sent to both at once', async () => {
    const [one, two] = await twoHubs()
    const { request_id: _, ...call } = someCall()
    const keys = Array.from({ length: 20 }, (_, n) => `msg_${n}x`)
    const sent = (request: string) => keys.map((key) => ({ ...call, key: `${key}:${request}` }))
    await Promise.all([one.usage.ingest('a', sent('r1'), { now }), two.usage.ingest('b', sent('r2'), { now })])
    for (const hub of [one, two]) expect(await count(hub)).toBe(20)
    expect(await one.connection.collection('call').countDocuments({ request: 'r1' })).toBe(20)
  })

  it('make one call of rows and telemetry that arrive at once, also when they are of different quarter hours', async () => {
    const hubs = await twoHubs()
    for (let round = 0; round < 8; round++) {
      const [rows, events] = reportedTwice(`${round}`, 5)
      await Promise.all([hubs[round % 2]!.usage.ingest('a', rows, { now }), hubs[(round + 1) % 2]!.usage.ingest('a', events, { now })])
      for (const hub of hubs) expect([await count(hub), await output(hub)]).toEqual([5 * (round + 1), 4_000 * (round + 1)])
    }
  })

  it('leave no outdated sum when one stores a report of calls before the other writes its own', async () => {
    for (const late of [0, 1] as const) {
      const hubs = await twoHubs()
      const reports = reportedTwice('race', 3)
      const log = new EventLog(hubs[0].connection, 1_000_000)
      const pendingIngests = new PendingIngests(hubs[0].connection, new QuarterSums(hubs[0].connection, prices.thresholds), log, 1_000_000)
      let isFirst = true
      const begin: PendingIngests['begin'] = async (...words) => {
        await pendingIngests.begin(...words)
        // Between what the other one has read and what it writes.
        if (isFirst) await hubs[1].usage.ingest('a', reports[1 - late]!, { now })
        isFirst = false
      }
      const { quarters, summary } = await writeCalls(hubs[0].connection, { begin }, 'late', 'a', reports[late], now)
      await pendingIngests.finish('late', 'a', quarters, summary, now)
      for (const hub of hubs) expect([late, await count(hub), await output(hub)]).toEqual([late, 3, 2_400])
    }
  })

  it('share their keys and one secret', async () => {
    const [one, two] = await twoHubs()
    const key = await one.keys.create({ key_id: 'k_1', name: 'laptop', prefix: 'sbx_abcd', scopes: ['read'] }, 'hash', { now })
    expect(await two.keys.find('k_1')).toEqual(key)
    const revoked = await Promise.allSettled([one.keys.revoke('k_1', 1, { now }), two.keys.revoke('k_1', 1, { now })])
    // The second one finds another revision.
    expect(revoked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await one.keys.find('k_1')).toMatchObject({ revision: 2 })
    const secrets = await Promise.all([one.keys.cookieSecret(), two.keys.cookieSecret()])
    expect(secrets[0]).toBe(secrets[1])
  })
})

/** Calls that never got their final rows, and the telemetry about them, a quarter hour later. */
function reportedTwice(name: string, count: number): [rows: Call[], events: Call[]] {
  const numbers = Array.from({ length: count }, (_, n) => `${name}_${n}`)
  const of = (n: string, change: Partial<Call>) => someCall({ request_id: `req_${n}`, session_id: 's', ...change })
  return [
    numbers.map((n) => of(n, { key: `msg_${n}`, at: '2026-10-06T08:59:58.000Z', output: 1, unfinished: true })),
    numbers.map((n) => of(n, { key: `request:req_${n}`, at: '2026-10-06T09:00:02.000Z', source: 'telemetry', unfinished: false })),
  ]
}

/** Writes calls like an ingest that crashes after it. */
async function crashAfterWriting(store: MongoStore, machine: string, calls: readonly Call[]): Promise<void> {
  const log = new EventLog(store.connection, 1_000_000)
  const pendingIngests = new PendingIngests(store.connection, new QuarterSums(store.connection, prices.thresholds), log, 1_000_000)
  await writeCalls(store.connection, pendingIngests, `token of ${machine}`, machine, calls, now)
}

describe('a hub that crashes', () => {
  it('between its calls and their event leaves nothing unpublished or uncounted', async () => {
    const uri = await freshDatabase()
    const store = await open(uri)
    const calls = [someCall({ at: '2026-10-06T09:00:00.000Z' }), someCall({ at: '2026-10-06T09:20:00.000Z' })]
    await store.usage.ingest('a', [calls[0]!], { now })
    const received = subscribe(store)
    await crashAfterWriting(store, 'b', [{ ...calls[0]!, output: 900 }, calls[1]!])
    // Reads include them at once: the pending ingest names its quarters.
    expect([await count(store), await output(store)]).toEqual([2, 900 + calls[1]!.output])
    await vi.waitFor(() => expect(received).toHaveLength(1), soon)
    expect(received[0]).toMatchObject({
      event: 'usage.updated',
      data: { machine_id: 'b', accepted: 1, improved: 1, since: calls[0]!.at, until: calls[1]!.at },
    })
    await vi.waitFor(async () => expect(await store.connection.collection('ingest').countDocuments({})).toBe(0), soon)
    expect(await store.usage.state()).toMatchObject({ revision: 2 })
    expect([await count(store), await output(store)]).toEqual([2, 900 + calls[1]!.output])
  })

  it('after it has written one of two reports of a call leaves no outdated sum of the other', async () => {
    for (const crashed of [0, 1] as const) {
      const store = await open(await freshDatabase())
      const reports = reportedTwice('crash', 3)
      await store.usage.ingest('a', reports[1 - crashed]!, { now })
      expect(await count(store)).toBe(3)
      await crashAfterWriting(store, 'b', reports[crashed])
      const counted = async () => [await count(store), await output(store)]
      expect(await counted()).toEqual([3, 2_400])
      await vi.waitFor(async () => expect(await store.connection.collection('ingest').countDocuments({})).toBe(0), soon)
      expect(await counted()).toEqual([3, 2_400])
    }
  })

  it('is not mistaken for one while it works', async () => {
    const uri = await freshDatabase()
    const store = await open(uri, slowPace)
    const received = subscribe(store)
    await crashAfterWriting(store, 'slow', [someCall()])
    await delay(300)
    expect(received).toEqual([])
    expect(await count(store)).toBe(1)
  })

  it('before its first call leaves nothing to publish', async () => {
    const store = await open(await freshDatabase())
    const received = subscribe(store)
    const pendingIngests = store.connection.collection<{ _id: string; machine: string; at: number; quarters: string[] }>('ingest')
    await pendingIngests.insertOne({ _id: 'token', machine: '"a"', at: now, quarters: ['1988000'] })
    await vi.waitFor(async () => expect(await pendingIngests.countDocuments({})).toBe(0), soon)
    expect([received, await count(store)]).toEqual([[], 0])
  })

  it('and whose batch is sent again has its calls in the reports, though none is new', async () => {
    const store = await open(await freshDatabase(), slowPace)
    const calls = [someCall(), someCall()]
    await crashAfterWriting(store, 'a', calls)
    expect(await store.usage.ingest('a', calls, { now })).toEqual({ accepted: 0, improved: 0, duplicates: 2 })
    expect(await count(store)).toBe(2)
  })
})

describe('an emptied database', () => {
  it('is migrated again, with another id', async () => {
    const uri = await freshDatabase()
    const store = await open(uri)
    const { id } = store
    await store.usage.ingest('a', [someCall()], { now })
    const received = subscribe(store)
    // `meta` last: the database is migrated as soon as it is missing, and what is created then must stay.
    const names = ['event', 'once', 'key', 'call', 'quarter', 'ingest', 'meta']
    for (const name of names) await store.connection.collection(name).drop()
    await vi.waitFor(() => expect(store.id).not.toBe(id), soon)
    await vi.waitFor(async () => expect(await store.events.bounds()).toEqual({ first: 0, last: 0 }), soon)
    await store.usage.ingest('a', [someCall()], { now })
    expect([await count(store), received.map((event) => event.id)]).toEqual([1, [1]])
    const indexes = await store.connection.collection('event').indexes()
    expect(indexes.map(({ name }) => name)).toContain('cause')
  })
})

describe('stored data', () => {
  it('has its names unchanged, whatever they contain', async () => {
    const store = await open(await freshDatabase())
    const odd = ['$set', 'a.b', '__proto__', '"quoted"', 'nul \0 nul', 'half \ud800 pair', '\udc00', 'é', '7']
    const calls = odd.map((name) => someCall({ key: `key ${name}`, cwd: name, git_branch: name, session_id: name }))
    for (const [n, call] of calls.entries()) {
      expect(await store.usage.ingest(odd[n]!, [call], { now })).toEqual({ accepted: 1, improved: 0, duplicates: 0 })
      expect(await store.usage.ingest(odd[n]!, [call], { now })).toEqual({ accepted: 0, improved: 0, duplicates: 1 })
    }
    for (const name of odd) {
      const filter = { machine: name, project: name, branch: name, session: name }
      expect(await store.usage.slices({ ...everything, filter, keep: ['machine', 'project'] })).toMatchObject([
        { machine: name, project: name, calls: 1 },
      ])
      expect(await store.events.latest({ machine_id: name, limit: 9 })).toMatchObject([{ data: { machine_id: name } }])
    }
    for (const name of odd) {
      const [former, call] = [someCall({ key: `${name}:r`, cwd: 'relay' }), someCall({ key: `${name}:r@1/2`, cwd: 'relay' })]
      for (const batch of [[former], [call], [former]]) await store.usage.ingest('a', batch, { now })
    }
    expect(await store.usage.countCalls({ project: 'relay' })).toBe(odd.length)
    const key = await store.keys.create({ key_id: 'k', name: '\ud800\0$', prefix: 'sbx_abcd', scopes: ['read'] }, 'h', { now })
    expect(await store.keys.list({ limit: 9, offset: 0 })).toEqual({ rows: [key], total: 1 })
  })

  it('is cut again by a price table with other prompt lengths', async () => {
    const uri = await freshDatabase()
    const price = (input: number) => ({ input, write_5m: input, write_1h: input, read: input, output: input })
    const table = parsePriceTable({
      version: 'test',
      date: '2026-11-20',
      web_search: 0.01,
      models: [{ names: ['claude-opus-5-5'], prices: [{ ...price(1), above: [{ prompt: 50_000, ...price(2) }] }] }],
    })
    const one = await open(uri)
    await one.usage.ingest('a', [someCall({ read: 10_000 }), someCall({ read: 100_000 })], { now })
    const two = await openMongoStore({ uri, prices: table, pace: fastPace })
    onTestFinished(() => two.close())
    expect((await two.usage.slices(everything)).map(({ band, calls }) => [band, calls]).sort()).toEqual([
      [0, 1],
      [1, 1],
    ])
  })

  it('is not cut again by a command with a price table of its own', async () => {
    const uri = await freshDatabase()
    const price = (input: number) => ({ input, write_5m: input, write_1h: input, read: input, output: input })
    const table = parsePriceTable({
      version: 'test',
      date: '2026-11-20',
      web_search: 0.01,
      models: [{ names: ['claude-opus-5-5'], prices: [{ ...price(1), above: [{ prompt: 50_000, ...price(2) }] }] }],
    })
    const hub = await openMongoStore({ uri, prices: table, pace: slowPace })
    onTestFinished(() => hub.close())
    await hub.usage.ingest('a', [someCall({ read: 100_000 })], { now })
    const quarters = hub.connection.collection<{ _id: string; marked: number; cuts: string }>('quarter')
    const before = (await quarters.findOne({}))!
    expect(before.cuts).not.toContain(JSON.stringify(prices.thresholds))
    await crashAfterWriting(hub, 'b', [someCall({ read: 100_000 })])
    const command = await openMongoStore({ uri, prices: defaultPriceTable(), pace: fastPace, keepCuts: true })
    onTestFinished(() => command.close())
    await vi.waitFor(async () => expect(await hub.connection.collection('ingest').countDocuments({})).toBe(0), soon)
    await command.copy.settle()
    expect(await quarters.findOne({})).toMatchObject({ cuts: before.cuts, marked: before.marked + 1, computed: before.marked + 1 })
  })

  it('may be too large for the sums of one quarter', async () => {
    const store = await open(await freshDatabase())
    const calls = Array.from({ length: 1_200 }, (_, n) => someCall({ cwd: `/${n}/${'x'.repeat(4_000)}` }))
    await store.usage.ingest('a', calls, { now })
    for (let n = 0; n < 2; n++) expect(await store.usage.slices({ ...everything, keep: ['project'] })).toHaveLength(1_200)
    expect(await count(store)).toBe(1_200)
  })
})
