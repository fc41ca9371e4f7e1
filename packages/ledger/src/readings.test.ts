import path from 'node:path'
import type { LimitSnapshot, PlanWindow } from '@signalbox/usage/limit-snapshot'
import { randomFrom } from '@signalbox/usage/random'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { ledgerFixture } from './ledger-fixture.ts'
import { openReadings } from './readings.ts'
import { openLedgerStore } from './store/ledger-store.ts'
import { migrations } from './store/schema.ts'

const noon = Date.parse('2026-10-06T12:00:00.000Z')
const session: PlanWindow = { kind: 'session', label: 'Current session', percentUsed: 47, resetsAt: noon + 3_600_000, state: 'known' }
const weekly: PlanWindow = { kind: 'weekly_all', label: 'All models', percentUsed: 31, resetsText: 'Thu 7:00 AM', state: 'known' }

/** A reading so many minutes after noon. */
function reading(minute: number, more: Partial<LimitSnapshot> = {}): LimitSnapshot {
  const capturedAt = noon + minute * 60_000
  return {
    source: 'console',
    machineId: 'laptop',
    capturedAt,
    receivedAt: capturedAt,
    windows: [session, weekly],
    isPartial: false,
    ...more,
  }
}

const minuteOf = (snapshot: LimitSnapshot | undefined) => (snapshot === undefined ? undefined : (snapshot.capturedAt - noon) / 60_000)

test('readings go out in the order they were taken in, whole, each until it is confirmed', () => {
  const { ledger, reopen } = ledgerFixture()
  const whole = reading(2, { account: 'a', plan: { name: 'Max' }, extraUsage: { spent: 3 }, errors: { planInfo: 'gone' }, isPartial: true })
  for (const one of [reading(5), whole, reading(7)]) ledger.readings.put(one)
  expect(ledger.readings.pending()).toBe(3)
  expect(ledger.readings.oldest()?.snapshot).toEqual(whole)
  // Not confirmed, as after a crash: the same again.
  const { readings } = reopen()
  const first = readings.oldest()!
  expect(first.snapshot).toEqual(whole)
  readings.confirm(first)
  expect(minuteOf(readings.oldest()?.snapshot)).toBe(5)
  readings.confirm(readings.oldest()!)
  readings.confirm(readings.oldest()!)
  expect(readings.oldest()).toBeUndefined()
  expect(readings.pending()).toBe(0)
})

test('a reading put twice is one, whatever the order of its words, and any other word makes it another', () => {
  const { readings } = ledgerFixture().ledger
  const key = readings.put(reading(0))
  const turned = Object.fromEntries(Object.entries(session).reverse()) as unknown as PlanWindow
  expect(readings.put(reading(0, { receivedAt: noon + 5, windows: [weekly, turned] }))).toBe(key)
  expect(readings.pending()).toBe(1)
  readings.confirm(readings.oldest()!)
  expect(readings.put(reading(0))).toBe(key)
  expect(readings.pending()).toBe(0)
  const others = [
    reading(1),
    reading(0, { account: 'a' }),
    reading(0, { source: 'statusline' }),
    reading(0, { machineId: 'desk' }),
    reading(0, { windows: [{ ...session, percentUsed: 48 }, weekly] }),
    reading(0, { windows: [session] }),
    reading(0, { windows: [session, { ...weekly, kind: 'weekly_scoped', scope: 'Opus' }] }),
  ]
  expect(new Set([key, ...others.map((one) => readings.put(one))]).size).toBe(others.length + 1)
  expect(readings.pending()).toBe(others.length)
})

test('a reading refused for ever steps aside with its reason, and comes again for another hub', () => {
  const { readings } = ledgerFixture({ now: () => noon }).ledger
  expect(readings.hubChanged('one')).toBe(false)
  const key = readings.put(reading(0))
  readings.put(reading(1))
  readings.setAside(readings.oldest()!, 'lastUpdated: is in the future')
  expect(minuteOf(readings.oldest()?.snapshot)).toBe(1)
  expect(readings.refused()).toEqual([
    {
      key,
      captured_at: '2026-10-06T12:00:00.000Z',
      at: '2026-10-06T12:00:00.000Z',
      source: 'console',
      reason: 'lastUpdated: is in the future',
    },
  ])
  readings.confirm(readings.oldest()!)
  expect(readings.hubChanged('one')).toBe(false)
  expect([readings.pending(), readings.refusedTotal()]).toEqual([0, 1])
  expect(readings.hubChanged('two')).toBe(true)
  expect([readings.pending(), readings.refusedTotal()]).toEqual([2, 0])
})

test('asked for again while a reading is on its way, it is pending too', () => {
  const { readings } = ledgerFixture().ledger
  readings.put(reading(0))
  const sent = readings.oldest()!
  readings.resend()
  readings.confirm(sent)
  readings.setAside(sent, 'no')
  expect(readings.pending()).toBe(1)
  readings.confirm(readings.oldest()!)
  expect(readings.pending()).toBe(0)
})

test('the newest of each account, source and machine is known, delivered or not', () => {
  const { readings } = ledgerFixture().ledger
  readings.put(reading(3))
  readings.put(reading(1))
  readings.put(reading(2, { source: 'statusline' }))
  readings.put(reading(4, { account: 'other' }))
  while (readings.pending() > 0) readings.confirm(readings.oldest()!)
  readings.put(reading(9, { machineId: 'desk' }))
  expect(readings.newest().map(minuteOf)).toEqual([9, 4, 3, 2])
})

test('of no origin the newest is left out, whatever is named and what is not', () => {
  const { readings } = ledgerFixture().ledger
  expect(readings.newest()).toEqual([])
  const random = randomFrom(7)
  const origin = ({ account, source, machineId }: LimitSnapshot) => [account, source, machineId].join('/')
  const newest = new Map<string, LimitSnapshot>()
  for (let minute = 0; minute < 60; minute++) {
    const { source: _, machineId: __, ...bare } = reading(minute)
    const [account, source, machineId] = [
      random.pick([undefined, 'a', 'b']),
      random.pick([undefined, 'console', 'statusline'] as const),
      random.pick([undefined, 'k', 'z']),
    ]
    const named = { ...bare, ...(account && { account }), ...(source && { source }), ...(machineId && { machineId }) }
    readings.put(named)
    newest.delete(origin(named))
    newest.set(origin(named), named)
    if (minute % 6 === 0) expect(readings.newest()).toEqual([...newest.values()].reverse())
  }
  expect(newest.size).toBeGreaterThan(15)
})

test('delivered readings are kept for thirty days, the newest of a source and what was not delivered for ever', () => {
  const day = 24 * 60
  let now = noon
  const { readings } = ledgerFixture({ now: () => now }).ledger
  for (const minute of [0, 1]) readings.put(reading(minute, { source: 'statusline' }))
  for (const minute of [2, 3]) readings.put(reading(minute))
  while (readings.pending() > 0) readings.confirm(readings.oldest()!)
  for (const minute of [4, 5]) readings.put(reading(minute))
  readings.setAside(readings.oldest()!, 'no')
  now = noon + 29 * day * 60_000
  readings.put(reading(29 * day))
  readings.resend()
  expect(readings.pending()).toBe(7)
  while (readings.pending() > 2) readings.confirm(readings.oldest()!)
  now = noon + 31 * day * 60_000
  readings.put(reading(31 * day))
  // Gone: minutes 0, 2, 3 and 4. Left: the newest of the status line, minute 5, and the two later ones.
  readings.resend()
  const left: unknown[] = []
  for (let one = readings.oldest(); one !== undefined; one = readings.oldest()) {
    left.push(minuteOf(one.snapshot))
    readings.confirm(one)
  }
  expect(left).toEqual([1, 5, 29 * day, 31 * day])
})

test('ten thousand pending readings go out in order, and no step is slow', () => {
  const { ledger, dataDir } = ledgerFixture()
  const { readings } = ledger
  readings.put(reading(10_000))
  const db = new Database(path.join(dataDir, 'ledger.db'))
  const add = db.prepare(
    "INSERT INTO readings (key, account, source, machine, captured_at, snapshot, state) VALUES (?, '', ?, ?, ?, ?, 'pending')",
  )
  db.transaction(() => {
    for (let minute = 9_999; minute >= 0; minute--) {
      const one = reading(minute)
      add.run(`k${minute}`, 'console', 'laptop', one.capturedAt, JSON.stringify(one))
    }
  })()
  db.close()
  let slowest = 0
  for (let minute = 0; minute <= 10_000; minute++) {
    const started = performance.now()
    const one = readings.oldest()
    if (minuteOf(one?.snapshot) !== minute) expect.fail(`${minuteOf(one?.snapshot)} came after ${minute - 1}`)
    readings.confirm(one!)
    slowest = Math.max(slowest, performance.now() - started)
  }
  expect(readings.pending()).toBe(0)
  expect(slowest).toBeLessThan(1000)
  expect(readings.newest().map(minuteOf)).toEqual([10_000])
})

test('a ledger of the layout before this one is brought up to date with everything it held', () => {
  const dataDir = tempFolder()
  const old = new Database(path.join(dataDir, 'ledger.db'))
  old.exec(migrations[0]!)
  old.prepare("INSERT INTO meta (name, value) VALUES ('hub', 'mine')").run()
  old.pragma(`application_id = ${0x5342784c}`)
  old.pragma('user_version = 1')
  old.close()
  const store = openLedgerStore(dataDir)
  expect(store.meta.get('hub')).toBe('mine')
  const readings = openReadings(store, Date.now)
  readings.put(reading(0))
  expect(readings.pending()).toBe(1)
  store.close()
})

test('on a full disk a reading is refused with what to do, nothing is lost, and with room again it is kept', () => {
  const store = openLedgerStore(tempFolder())
  const readings = openReadings(store, Date.now)
  const large = (minute: number) => reading(minute, { extraUsage: { text: 'x'.repeat(8_000) } })
  readings.put(large(0))
  // SQLite's own limit gives the error a full disk gives, from the same place.
  store.db.pragma(`max_page_count = ${store.db.pragma('page_count', { simple: true })}`)
  expect(() => readings.put(large(1))).toThrow(expect.objectContaining({ name: 'LedgerError', code: 'disk_full' }))
  expect(readings.pending()).toBe(1)
  expect(minuteOf(readings.oldest()?.snapshot)).toBe(0)
  store.db.pragma('max_page_count = 100000')
  readings.put(large(1))
  expect(readings.pending()).toBe(2)
  // What the power cut is guarded against costs calls nothing.
  expect(store.db.pragma('synchronous', { simple: true })).toBe(1)
  store.close()
})

test('killed at any moment, what was put is there, what was confirmed is not sent again, and the file is whole', async () => {
  const folder = tempFolder()
  const dataDir = path.join(folder, 'data')
  const program = path.join(import.meta.dirname, 'readings-child.fixture.ts')
  const options = { env: { NODE_COMPILE_CACHE: path.join(folder, 'cache') } }
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
  const random = randomFrom(seed)
  const [put, confirmed] = [new Set<string>(), new Set<string>()]
  const sentAfter = new Set<string>()
  for (let kill = 0; kill < 5; kill++) {
    const child = startNode([program, dataDir, String(kill * 100_000)], options)
    await child.line(/^confirmed /)
    await new Promise((resolve) => setTimeout(resolve, random.next() * 40))
    const { stdout } = await child.stop('SIGKILL')
    // The last line may be cut.
    for (const line of stdout.split('\n').slice(0, -1)) {
      const [what, key] = line.split(' ') as [string, string]
      if (what === 'put') put.add(key)
      if (what === 'sent' && confirmed.has(key)) sentAfter.add(key)
      if (what === 'confirmed') confirmed.add(key)
    }
    const db = new Database(path.join(dataDir, 'ledger.db'))
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    const rows = db.prepare<[], { key: string; state: string }>('SELECT key, state FROM readings').all()
    db.close()
    const states = new Map(rows.map(({ key, state }) => [key, state]))
    expect(
      [...put].filter((key) => !states.has(key)),
      `seed ${seed}`,
    ).toEqual([])
    expect(
      [...confirmed].filter((key) => states.get(key) !== 'delivered'),
      `seed ${seed}`,
    ).toEqual([])
  }
  expect([...sentAfter]).toEqual([])
  expect(confirmed.size).toBeGreaterThan(4)
}, 60_000)
