import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '@signalbox/client'
import { type Ledger, openLedger } from '@signalbox/ledger'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../../../../test/support/child.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { Bell } from '../bell.ts'
import { ReadingDelivery } from './deliver-readings.ts'
import { storeIdOf } from './hub-address.ts'
import { impatient } from './impatient.fixture.ts'
import { type ReadingHub, readingHub, snapshotAt } from './reading-hub.fixture.ts'
import type { SyncError } from './sync-error.ts'
import { readingSync } from './sync-reading.ts'

/** A real ledger with readings of these minutes in it. */
function ledgerWith(...minutes: number[]): Ledger {
  const ledger = openLedger({ dataDir: tempFolder() })
  onTestFinished(() => ledger.close())
  for (const minute of minutes) ledger.readings.put(snapshotAt(minute))
  return ledger
}

function deliver(
  ledger: Ledger,
  hub: Pick<ReadingHub, 'url'>,
  { clock = impatient() as Clock, timeout = 5_000, key = 'k' as string | undefined } = {},
) {
  const stopping = new AbortController()
  const [work, hurry, idle, failed] = [new Bell(), new Bell(), new Bell(), new Bell()]
  const told = { failures: [] as { error: SyncError; again: number }[], refused: [] as string[], stores: 0 }
  const settings = { key }
  const delivery = new ReadingDelivery({
    readings: ledger.readings,
    sync: readingSync({ url: hub.url, key: () => settings.key, health: () => undefined, clock, hurry, timeout }),
    storeId: (signal) => storeIdOf(hub.url, { key: settings.key, timeout, now: clock.now(), signal }),
    clock,
    work,
    hurry,
    observer: {
      idle: () => idle.ring(),
      sent: () => {},
      refused: (_, reason) => told.refused.push(reason),
      anotherStore: () => told.stores++,
      failed(error, again) {
        told.failures.push({ error, again })
        failed.ring()
      },
    },
  })
  const running = delivery.run(stopping.signal)
  const stop = async () => {
    stopping.abort()
    await running
  }
  onTestFinished(stop)
  return {
    ...told,
    told,
    settings,
    hurry,
    stop,
    settled: (patience = 30_000) => idle.heard(AbortSignal.timeout(patience)),
    failed: () => failed.heard(AbortSignal.timeout(15_000)),
    more: () => {
      work.ring()
      return idle.heard(AbortSignal.timeout(15_000))
    },
  }
}

const minutes = (hub: ReadingHub) => hub.kept.map(({ lastUpdated }) => (Date.parse(lastUpdated) - Date.UTC(2026, 9, 1)) / 60_000)

test('readings go out in the order they were taken in, each once, and later ones when the bell rings', async () => {
  const hub = await readingHub()
  const ledger = ledgerWith(3, 1, 2)
  const delivery = deliver(ledger, hub)
  await delivery.settled()
  ledger.readings.put(snapshotAt(9))
  await delivery.more()
  expect(minutes(hub)).toEqual([1, 2, 3, 9])
  expect(ledger.readings.pending()).toBe(0)
  await delivery.more()
  expect(minutes(hub)).toHaveLength(4)
})

test('nothing is asked of the hub while there never was a reading', async () => {
  const hub = await readingHub()
  const delivery = deliver(ledgerWith(), hub)
  await delivery.settled()
  await delivery.more()
  expect(hub.knocks).toEqual([])
})

test('a week without the hub, with a reading every five minutes: everything comes afterwards, in order, as it was taken, once', async () => {
  const hub = await readingHub()
  await hub.down()
  const ledger = ledgerWith(0)
  const clock = impatient(Date.UTC(2026, 9, 1))
  const week = 7 * 24 * 60
  let next = 5
  // Time passes while it waits, much of it asleep, and the source goes on reading.
  const wait: Clock['wait'] = async (milliseconds, signal) => {
    await clock.wait(clock.waits.length > 20 ? 1_800_000 : milliseconds, signal)
    for (; next <= week && clock.now() >= Date.UTC(2026, 9, 1) + next * 60_000; next += 5) ledger.readings.put(snapshotAt(next))
    if (next > week && !up) {
      up = true
      // The first answers are cut off: the hub has those readings, and we cannot know.
      let cuts = 3
      hub.misbehave = ({ socket }, response, reading) => {
        if (cuts-- <= 0) return hub.yes(response, reading)
        hub.keep(reading)
        socket.destroy()
      }
      await hub.up()
    }
  }
  let up = false
  const delivery = deliver(ledger, hub, { clock: { ...clock, wait } })
  while (!up) await delivery.failed()
  await delivery.settled()
  expect(minutes(hub)).toEqual(Array.from({ length: week / 5 + 1 }, (_, nth) => nth * 5))
  expect(ledger.readings.pending()).toBe(0)
  expect(delivery.failures.length).toBeGreaterThan(300)
  // It asked no more often than once a minute or so.
  expect(delivery.failures.slice(0, 5).map(({ again }) => again)).toEqual([10_000, 20_000, 40_000, 60_000, 60_000])
  expect(new Set(delivery.failures.slice(5, -3).map(({ again }) => again))).toEqual(new Set([60_000]))
}, 120_000)

test('a reading refused for ever steps aside with the reason, the first one too, and those behind it go on', async () => {
  const hub = await readingHub()
  const ledger = ledgerWith(1, 2, 3, 4)
  hub.misbehave = (_, response, reading) =>
    [1, 3].includes(reading.currentSession?.percentageUsed ?? 0)
      ? hub.say(response, 400, 'lastUpdated: is in the future')
      : hub.yes(response, reading)
  const delivery = deliver(ledger, hub)
  await delivery.settled()
  expect(minutes(hub)).toEqual([2, 4])
  expect(delivery.refused).toEqual(['lastUpdated: is in the future', 'lastUpdated: is in the future'])
  expect(ledger.readings.refused()).toMatchObject([{ reason: 'lastUpdated: is in the future' }, {}])
  expect(delivery.failures).toEqual([])
})

test.each([401, 403])('%i keeps everything, asks rarely, and goes on with a new key at once', async (status) => {
  const hub = await readingHub()
  const ledger = ledgerWith(1, 2)
  hub.misbehave = (request, response, reading) =>
    request.headers['x-api-key'] === 'new' ? hub.yes(response, reading) : hub.say(response, status, 'Invalid API key')
  const delivery = deliver(ledger, hub, { clock: systemClock })
  await delivery.failed()
  expect(delivery.failures).toMatchObject([{ error: { category: 'AUTH' }, again: 300_000 }])
  expect(ledger.readings.pending()).toBe(2)
  expect(ledger.readings.refusedTotal()).toBe(0)
  delivery.settings.key = 'new'
  delivery.hurry.ring()
  await delivery.settled()
  expect(minutes(hub)).toEqual([1, 2])
})

test('429, 500 and 503 keep everything, wait as long as the hub asks, and go on', async () => {
  const hub = await readingHub()
  const ledger = ledgerWith(1, 2)
  const answers: [number, object][] = [
    [503, { 'retry-after': '900' }],
    [500, {}],
    [429, { 'retry-after': '30' }],
  ]
  hub.misbehave = (_, response, reading) => {
    const [status, headers] = answers.shift() ?? []
    if (status === undefined) hub.yes(response, reading)
    else hub.say(response, status, 'not now', headers)
  }
  const clock = impatient()
  const delivery = deliver(ledger, hub, { clock })
  await delivery.settled()
  expect(clock.waits).toEqual([900_000, 10_000, 30_000])
  expect(delivery.failures).toMatchObject([{ error: { category: 'SERVER' }, again: 900_000 }])
  expect(minutes(hub)).toEqual([1, 2])
})

test('a hub that was emptied gets what is kept again, the refused ones too; the same hub at another port gets nothing', async () => {
  const hub = await readingHub()
  const ledger = ledgerWith(1, 2, 3)
  hub.misbehave = (_, response, reading) =>
    reading.currentSession?.percentageUsed === 2 ? hub.say(response, 400, 'no') : hub.yes(response, reading)
  const first = deliver(ledger, hub)
  await first.settled()
  await first.stop()
  await hub.move()
  let posts = hub.knocks.length
  const second = deliver(ledger, hub)
  await second.settled()
  await second.stop()
  expect(hub.knocks.slice(posts).map(({ path }) => path)).toEqual(['/api/whoami'])

  Object.assign(hub, { kept: [], store: 'second', misbehave: undefined })
  posts = hub.knocks.length
  const third = deliver(ledger, hub)
  await third.settled()
  expect(third.told.stores).toBe(1)
  expect(minutes(hub)).toEqual([1, 2, 3])
  expect(hub.knocks).toHaveLength(posts + 4)
})

test('where nobody says which store it is, readings are delivered all the same', async () => {
  const hub = await readingHub()
  hub.hidden = true
  await deliver(ledgerWith(1, 2), hub).settled()
  expect(minutes(hub)).toEqual([1, 2])
  const elsewhere = { url: hub.url.replace(/\/api.*/, '/readings') }
  await deliver(ledgerWith(3), elsewhere).settled()
  expect(minutes(hub)).toEqual([1, 2, 3])
})

test('ten thousand pending readings go out in order, each once', async () => {
  const hub = await readingHub()
  const ledger = ledgerWith(0)
  // One put waits for the disk; ten thousand of them belong to a month.
  const db = new Database(ledger.status().file)
  const add = db.prepare(
    "INSERT INTO readings (key, account, source, machine, captured_at, snapshot, state) VALUES (?, '', 'console', 'laptop', ?, ?, 'pending')",
  )
  db.transaction(() => {
    for (let minute = 1; minute < 10_000; minute++) add.run(`k${minute}`, snapshotAt(minute).capturedAt, JSON.stringify(snapshotAt(minute)))
  })()
  db.close()
  const delivery = deliver(ledger, hub, { clock: systemClock })
  await delivery.settled(240_000)
  expect(hub.knocks.filter(({ path }) => path.endsWith('console-usage'))).toHaveLength(10_000)
  expect(minutes(hub)).toEqual(Array.from({ length: 10_000 }, (_, minute) => minute))
}, 300_000)

test('killed between the hub’s yes and the confirmation, the reading is sent again, and the hub keeps it once', async () => {
  const hub = await readingHub()
  const folder = tempFolder()
  const dataDir = path.join(folder, 'data')
  const ledger = openLedger({ dataDir })
  for (const minute of [1, 2, 3]) ledger.readings.put(snapshotAt(minute))
  ledger.close()
  const program = path.join(folder, 'deliver.mts')
  fs.writeFileSync(
    program,
    `const [{ openLedger }, { readingSync }, { Bell }, { systemClock }] = await Promise.all(${JSON.stringify([
      path.resolve(import.meta.dirname, '../../../../packages/ledger/src/index.ts'),
      path.resolve(import.meta.dirname, 'sync-reading.ts'),
      path.resolve(import.meta.dirname, '../bell.ts'),
      path.resolve(import.meta.dirname, '../../../../packages/client/src/index.ts'),
    ])}.map((file) => import(file)))
    const { readings } = openLedger({ dataDir: ${JSON.stringify(dataDir)} })
    const sync = readingSync({ url: ${JSON.stringify(hub.url)}, key: () => 'k', health: () => undefined, clock: systemClock, hurry: new Bell() })
    const reading = readings.oldest()
    await sync.syncToEC2(reading.snapshot, { idempotencyKey: reading.key, signal: new AbortController().signal })
    process.kill(process.pid, 'SIGKILL')`,
  )
  expect((await startNode([program]).finished).signal).toBe('SIGKILL')
  expect(minutes(hub)).toEqual([1])
  const again = openLedger({ dataDir })
  onTestFinished(() => again.close())
  expect(again.readings.pending()).toBe(3)
  await deliver(again, hub).settled()
  expect(minutes(hub)).toEqual([1, 2, 3])
  expect(hub.knocks.filter(({ path }) => path.endsWith('console-usage'))).toHaveLength(4)
})

test('a ledger that fails for a while is tried again, and nothing is lost', async () => {
  const hub = await readingHub()
  const ledger = ledgerWith(1, 2)
  const { readings } = ledger
  let full = true
  const door = {
    ...readings,
    confirm: (reading: Parameters<typeof readings.confirm>[0]) => {
      if (full) throw new Error('the disk is full')
      readings.confirm(reading)
    },
  }
  const clock = impatient()
  const wait: Clock['wait'] = async (...how) => {
    full = false
    await clock.wait(...how)
  }
  const delivery = deliver({ ...ledger, readings: door } as Ledger, hub, { clock: { ...clock, wait } })
  await delivery.settled()
  expect(delivery.failures).toMatchObject([{ error: { message: 'the disk is full' } }])
  expect(minutes(hub)).toEqual([1, 2])
  expect(readings.pending()).toBe(0)
})

test('in real time, it stops at once, whatever it is doing', async () => {
  const hub = await readingHub()
  hub.misbehave = () => {}
  const asking = deliver(ledgerWith(1), hub, { clock: systemClock })
  while (hub.knocks.length < 2) await sleep(5)
  const started = performance.now()
  await asking.stop()
  await hub.down()
  const waiting = deliver(ledgerWith(1), hub, { clock: systemClock })
  await waiting.failed()
  await waiting.stop()
  expect(performance.now() - started).toBeLessThan(1_000)
})
