import fs from 'node:fs'
import path from 'node:path'
import { type Clock, LIMITS_PATH } from '@signalbox/client'
import { openLedger } from '@signalbox/ledger'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../../../../test/support/child.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openHub } from '../../../hub/test/open-hub.ts'
import { deliverSnapshots } from './delivery.fixture.ts'
import { type TestHub, testHub } from './hub.fixture.ts'
import { instantClock } from './instant-clock.fixture.ts'
import { FIRST_CAPTURE, ledgerWithSnapshots, snapshotAt } from './ledger.fixture.ts'

const minutes = (hub: TestHub) => hub.snapshots.map(({ lastUpdated }) => (Date.parse(lastUpdated) - FIRST_CAPTURE) / 60_000)
const posts = (hub: TestHub) => hub.requests.filter(({ path }) => path.endsWith('console-usage'))

test('snapshots are sent in the order of their capture', async () => {
  const hub = await testHub()
  await deliverSnapshots(ledgerWithSnapshots(3, 1, 2), hub).settled()
  expect(minutes(hub)).toEqual([1, 2, 3])
})

test('the hub is not contacted while there never was a snapshot', async () => {
  const hub = await testHub()
  const delivery = deliverSnapshots(ledgerWithSnapshots(), hub)
  await delivery.settled()
  await delivery.sendNew()
  expect(hub.requests).toEqual([])
})

test('after a week without the hub all snapshots arrive in order, with their original times, each once', async () => {
  const hub = await testHub()
  await hub.down()
  const ledger = ledgerWithSnapshots(0)
  const clock = instantClock(FIRST_CAPTURE)
  const week = 7 * 24 * 60
  const interval = 120
  let next = interval
  let isUp = false
  const recovered = Promise.withResolvers<void>()
  // Snapshots are taken during the waits, some of which the machine sleeps through.
  const wait: Clock['wait'] = async (milliseconds, signal) => {
    await clock.wait(clock.waits.length > 20 ? 4 * 3_600_000 : milliseconds, signal)
    for (; next <= week && clock.now() >= FIRST_CAPTURE + next * 60_000; next += interval) ledger.snapshots.put(snapshotAt(next))
    if (next <= week || isUp) return
    isUp = true
    // The first responses are cut off: the hub has stored those snapshots, but the collector cannot know.
    let cuts = 3
    hub.respond = ({ request, store, accept }) => {
      if (cuts-- <= 0) return accept()
      store()
      request.socket.destroy()
    }
    await hub.up()
    recovered.resolve()
  }
  const delivery = deliverSnapshots(ledger, hub, { clock: { ...clock, wait } })
  await recovered.promise
  await delivery.settled()
  expect(minutes(hub)).toEqual(Array.from({ length: week / interval + 1 }, (_, nth) => nth * interval))
  expect(ledger.snapshots.pending()).toBe(0)
  expect(delivery.failures.length).toBeGreaterThan(60)
  expect(new Set(delivery.failures.slice(5, -3).map(({ retryIn }) => retryIn))).toEqual(new Set([60_000]))
})

test('rejected snapshots are set aside with the reason, the first one too, and the next ones are sent', async () => {
  const hub = await testHub()
  const ledger = ledgerWithSnapshots(1, 2, 3, 4)
  hub.respond = ({ snapshot, fail, accept }) =>
    [1, 3].includes(snapshot?.currentSession?.percentageUsed ?? 0) ? fail(400, 'lastUpdated: is in the future') : accept()
  const delivery = deliverSnapshots(ledger, hub)
  await delivery.settled()
  expect(minutes(hub)).toEqual([2, 4])
  expect(delivery.rejected).toHaveLength(2)
  expect(ledger.snapshots.rejected()).toMatchObject([{ reason: 'lastUpdated: is in the future' }, {}])
  expect(delivery.failures).toEqual([])
})

test('short waits are part of an attempt with retries, long ones are left to the delivery', async () => {
  const hub = await testHub()
  const responses: [number, Record<string, string>][] = [
    [503, { 'retry-after': '900' }],
    [500, {}],
    [429, { 'retry-after': '30' }],
  ]
  hub.respond = ({ fail, accept }) => {
    const [status, headers] = responses.shift() ?? []
    if (status === undefined) accept()
    else fail(status, 'not now', headers)
  }
  const clock = instantClock()
  const delivery = deliverSnapshots(ledgerWithSnapshots(1, 2), hub, { clock })
  await delivery.settled()
  expect(clock.waits).toEqual([900_000, 10_000, 30_000])
  expect(delivery.failures).toMatchObject([{ category: 'SERVER', retryIn: 900_000 }])
  expect(minutes(hub)).toEqual([1, 2])
})

test('snapshots are also sent where the store id is unknown, and to a server with another path', async () => {
  const hub = await testHub()
  hub.hidesStoreId = true
  await deliverSnapshots(ledgerWithSnapshots(1, 2), hub).settled()
  expect(minutes(hub)).toEqual([1, 2])
  hub.requests = []
  await deliverSnapshots(ledgerWithSnapshots(3), { snapshotsUrl: `${hub.url}/my/limits?team=a` }).settled()
  expect(minutes(hub)).toEqual([1, 2, 3])
  expect(hub.requests.map(({ path }) => path)).toEqual(['/my/limits?team=a'])
})

test('hundreds of queued snapshots arrive in order, each once', async () => {
  const hub = await testHub()
  const ledger = ledgerWithSnapshots(0)
  // Inserted directly, because each `put` waits for the disk.
  const db = new Database(ledger.status().file)
  const add = db.prepare(
    "INSERT INTO readings (key, account, source, machine, captured_at, snapshot, state) VALUES (?, '', 'console', 'laptop', ?, ?, 'pending')",
  )
  db.transaction(() => {
    for (let minute = 1; minute < 300; minute++) add.run(`k${minute}`, snapshotAt(minute).capturedAt, JSON.stringify(snapshotAt(minute)))
  })()
  db.close()
  await deliverSnapshots(ledger, hub).settled()
  expect(posts(hub)).toHaveLength(300)
  expect(minutes(hub)).toEqual(Array.from({ length: 300 }, (_, minute) => minute))
})

test('after a crash between the response of the hub and the confirmation, the snapshot is sent again and stored once', async () => {
  const hub = await testHub()
  const folder = tempFolder()
  const dataDir = path.join(folder, 'data')
  const ledger = openLedger({ dataDir })
  for (const minute of [1, 2, 3]) ledger.snapshots.put(snapshotAt(minute))
  ledger.close()
  const program = path.join(folder, 'deliver.mts')
  const files = [
    '../../../../packages/ledger/src/index.ts',
    'sync-snapshot.ts',
    'hub-target.ts',
    '../../../../packages/client/src/index.ts',
  ]
  fs.writeFileSync(
    program,
    `const files = ${JSON.stringify(files.map((file) => path.resolve(import.meta.dirname, file)))}
    const [{ openLedger }, { SnapshotSync }, { snapshotsTarget }, { systemClock: clock }] = await Promise.all(files.map((file) => import(file)))
    const { snapshots } = openLedger({ dataDir: ${JSON.stringify(dataDir)} })
    const hub = snapshotsTarget({ url: ${JSON.stringify(hub.snapshotsUrl)}, key: 'k', clock })
    const sync = new SnapshotSync({ hub, health: () => undefined, clock })
    const oldest = snapshots.oldest()
    await sync.syncToEC2(oldest.snapshot, { idempotencyKey: oldest.key, signal: new AbortController().signal })
    process.kill(process.pid, 'SIGKILL')`,
  )
  expect((await startNode([program]).finished).signal).toBe('SIGKILL')
  expect(minutes(hub)).toEqual([1])
  const reopened = openLedger({ dataDir })
  onTestFinished(() => reopened.close())
  expect(reopened.snapshots.pending()).toBe(3)
  await deliverSnapshots(reopened, hub).settled()
  expect(minutes(hub)).toEqual([1, 2, 3])
  expect(posts(hub)).toHaveLength(4)
})

test('a snapshot that is dated in the future of the hub waits until its time has come, and holds up no other', async () => {
  const hub = await testHub()
  const ledger = ledgerWithSnapshots(0, 7)
  let isPast = false
  const refused: string[] = []
  hub.respond = ({ snapshot, accept, fail }) => {
    if (isPast || Date.parse(snapshot?.lastUpdated ?? '') < FIRST_CAPTURE + 5 * 60_000) return accept()
    refused.push(snapshot?.lastUpdated ?? '')
    fail(400, 'lastUpdated is more than 5 minutes in the future', { 'retry-after': '420' })
  }
  const clock = instantClock(FIRST_CAPTURE)
  let released = () => {}
  const waiting = new Promise<void>((resolve) => {
    released = resolve
  })
  const delivery = deliverSnapshots(ledger, hub, {
    clock: {
      ...clock,
      wait: async (milliseconds, signal) => {
        await clock.wait(milliseconds, signal)
        if (refused.length > 0) released()
      },
    },
  })
  await waiting
  expect(minutes(hub)).toEqual([0])
  expect(ledger.snapshots.pending()).toBe(1)
  ledger.snapshots.put(snapshotAt(3))
  await delivery.sendNew()
  await expect.poll(() => minutes(hub)).toEqual([0, 3])
  isPast = true
  await expect.poll(() => minutes(hub), { timeout: 20_000 }).toEqual([0, 3, 7])
  // It was taken before the hub refused it, so it is not newer than what came since.
  const window = hub.snapshots.at(-1)?.currentSession
  expect(window?.asOf).toBe(new Date(FIRST_CAPTURE).toISOString())
  await expect.poll(() => ledger.snapshots.pending()).toBe(0)
  expect([ledger.snapshots.rejectedTotal(), delivery.rejected]).toEqual([0, []])
})

test('snapshots of when the machine was called otherwise go under its present name, where the key is bound to that', async () => {
  const hub = await openHub()
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const keyOf = async (machine_id: string) =>
    (await hub.ask('POST', '/api/keys', { payload: { name: 'k', scopes: ['ingest'], machine_id } })).json().key as string
  const ledger = ledgerWithSnapshots(1)
  ledger.snapshots.put({ ...snapshotAt(2), machineId: 'its former name' })
  ledger.snapshots.put(snapshotAt(3))
  const delivery = deliverSnapshots(ledger, { snapshotsUrl: `${url}${LIMITS_PATH}` })
  await delivery.failed()
  expect(delivery.failures.at(-1)?.problem).toBe('Invalid API key')
  // A key of another machine sends nothing of this one.
  delivery.renewKey(await keyOf('box-8'))
  delivery.retryNow.notify()
  await expect.poll(() => delivery.failures.at(-1)?.problem).toContain('bound to the machine box-8, not laptop')
  expect(ledger.snapshots.pending()).toBe(3)
  delivery.renewKey(await keyOf('laptop'))
  delivery.retryNow.notify()
  await delivery.settled()
  const stored = hub.store.connection.db.prepare("SELECT body ->> 'machine_id' FROM reading").pluck().all()
  expect(stored).toEqual(['laptop', 'laptop', 'laptop'])
  expect([ledger.snapshots.pending(), delivery.rejected]).toEqual([0, []])
})
