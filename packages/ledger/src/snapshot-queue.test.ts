import path from 'node:path'
import type { LimitSnapshot, PlanWindow } from '@signalbox/usage/limit-snapshot'
import { randomFrom } from '@signalbox/usage/random'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { startNode } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { ledgerFixture } from './ledger-fixture.ts'
import { openSnapshotQueue } from './snapshot-queue.ts'
import { openLedgerStore } from './store/ledger-store.ts'
import { applyMigrations, migrations } from './store/schema.ts'

const noon = Date.parse('2026-10-06T12:00:00.000Z')
const session: PlanWindow = { kind: 'session', label: '5-hour limit', percentUsed: 47, resetsAt: noon + 3_600_000, state: 'known' }
const weekly: PlanWindow = { kind: 'weekly_all', label: 'Weekly limit', percentUsed: 31, resetsText: 'Thu 7:00 AM', state: 'known' }

/** A snapshot captured this many minutes after noon. */
function snapshotAt(minute: number, more: Partial<LimitSnapshot> = {}): LimitSnapshot {
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

test('snapshots are returned complete and in the order of their capture, each until it is confirmed', () => {
  const { ledger, reopen } = ledgerFixture()
  const whole = snapshotAt(2, {
    account: 'a',
    plan: { name: 'Max' },
    extraUsage: { used_credits: 3 },
    errors: { planInfo: 'gone' },
    isPartial: true,
  })
  for (const one of [snapshotAt(5), whole, snapshotAt(7)]) ledger.snapshots.put(one)
  expect(ledger.snapshots.pending()).toBe(3)
  expect(ledger.snapshots.oldest()?.snapshot).toEqual(whole)
  // Without a confirmation, as after a crash, the same snapshot is returned.
  const { snapshots } = reopen()
  const first = snapshots.oldest()!
  expect(first.snapshot).toEqual(whole)
  snapshots.confirm(first)
  expect(minuteOf(snapshots.oldest()?.snapshot)).toBe(5)
  snapshots.confirm(snapshots.oldest()!)
  snapshots.confirm(snapshots.oldest()!)
  expect(snapshots.oldest()).toBeUndefined()
  expect(snapshots.pending()).toBe(0)
})

test('putting a snapshot twice stores it once, in any order of its fields; any other value makes another snapshot', () => {
  const { snapshots } = ledgerFixture().ledger
  const key = snapshots.put(snapshotAt(0))
  const turned = Object.fromEntries(Object.entries(session).reverse()) as unknown as PlanWindow
  expect(snapshots.put(snapshotAt(0, { receivedAt: noon + 5, windows: [weekly, turned] }))).toBe(key)
  expect(snapshots.pending()).toBe(1)
  snapshots.confirm(snapshots.oldest()!)
  expect(snapshots.put(snapshotAt(0))).toBe(key)
  expect(snapshots.pending()).toBe(0)
  const others = [
    snapshotAt(1),
    snapshotAt(0, { account: 'a' }),
    snapshotAt(0, { source: 'statusline' }),
    snapshotAt(0, { machineId: 'desk' }),
    snapshotAt(0, { windows: [{ ...session, percentUsed: 48 }, weekly] }),
    snapshotAt(0, { windows: [session] }),
    snapshotAt(0, { windows: [session, { ...weekly, kind: 'weekly_scoped', scope: 'Opus' }] }),
  ]
  expect(new Set([key, ...others.map((one) => snapshots.put(one))]).size).toBe(others.length + 1)
  expect(snapshots.pending()).toBe(others.length)
})

test('the key of a snapshot does not depend on the displayed labels, so that earlier versions have the same key', () => {
  const { snapshots } = ledgerFixture().ledger
  const fable = { kind: 'weekly_scoped', scope: 'Fable', percentUsed: 5, state: 'known' } as const
  const windows = [session, weekly, { ...fable, label: 'Weekly limit · Fable' }]
  const former = [
    { ...session, label: 'Current session' },
    { ...weekly, label: 'All models' },
    { ...fable, label: 'Fable only' },
  ]
  const key = snapshots.put(snapshotAt(0, { windows }))
  expect(snapshots.put(snapshotAt(0, { windows: former }))).toBe(key)
  // The key that versions with the labels of Claude's usage page calculated for this snapshot.
  expect(key).toBe('da3deff428f771466f469c4c26ed6dea817502bf')
})

test('a rejected snapshot is set aside with its reason, and is pending again for another hub', () => {
  const { snapshots } = ledgerFixture({ now: () => noon }).ledger
  expect(snapshots.hubChanged('one')).toBe(false)
  const key = snapshots.put(snapshotAt(0))
  snapshots.put(snapshotAt(1))
  snapshots.setAside(snapshots.oldest()!, 'lastUpdated: is in the future')
  expect(minuteOf(snapshots.oldest()?.snapshot)).toBe(1)
  expect(snapshots.rejected()).toEqual([
    {
      key,
      captured_at: '2026-10-06T12:00:00.000Z',
      at: '2026-10-06T12:00:00.000Z',
      source: 'console',
      reason: 'lastUpdated: is in the future',
    },
  ])
  snapshots.confirm(snapshots.oldest()!)
  expect(snapshots.hubChanged('one')).toBe(false)
  expect([snapshots.pending(), snapshots.rejectedTotal()]).toEqual([0, 1])
  expect(snapshots.hubChanged('two')).toBe(true)
  expect([snapshots.pending(), snapshots.rejectedTotal()]).toEqual([2, 0])
})

test('resend makes a snapshot pending again that is being sent', () => {
  const { snapshots } = ledgerFixture().ledger
  snapshots.put(snapshotAt(0))
  const sent = snapshots.oldest()!
  snapshots.resend()
  snapshots.confirm(sent)
  snapshots.setAside(sent, 'no')
  expect(snapshots.pending()).toBe(1)
  snapshots.confirm(snapshots.oldest()!)
  expect(snapshots.pending()).toBe(0)
})

test('newest returns one snapshot of each account, source and machine, delivered or not', () => {
  const { snapshots } = ledgerFixture().ledger
  snapshots.put(snapshotAt(3))
  snapshots.put(snapshotAt(1))
  snapshots.put(snapshotAt(2, { source: 'statusline' }))
  snapshots.put(snapshotAt(4, { account: 'other' }))
  while (snapshots.pending() > 0) snapshots.confirm(snapshots.oldest()!)
  snapshots.put(snapshotAt(9, { machineId: 'desk' }))
  expect(snapshots.newest().map(minuteOf)).toEqual([9, 4, 3, 2])
})

test('newest includes every combination of account, source and machine, named or not', () => {
  const { snapshots } = ledgerFixture().ledger
  expect(snapshots.newest()).toEqual([])
  const random = randomFrom(7)
  const origin = ({ account, source, machineId }: LimitSnapshot) => [account, source, machineId].join('/')
  const newest = new Map<string, LimitSnapshot>()
  for (let minute = 0; minute < 60; minute++) {
    const { source: _, machineId: __, ...bare } = snapshotAt(minute)
    const [account, source, machineId] = [
      random.pick([undefined, 'a', 'b']),
      random.pick([undefined, 'console', 'statusline'] as const),
      random.pick([undefined, 'k', 'z']),
    ]
    const named = { ...bare, ...(account && { account }), ...(source && { source }), ...(machineId && { machineId }) }
    snapshots.put(named)
    newest.delete(origin(named))
    newest.set(origin(named), named)
    if (minute % 6 === 0) expect(snapshots.newest()).toEqual([...newest.values()].reverse())
  }
  expect(newest.size).toBeGreaterThan(15)
})

test('the stored snapshots of an account are passed on from an instant, by their capture, delivered or not', () => {
  const { snapshots } = ledgerFixture().ledger
  for (const minute of [3, 1, 2]) snapshots.put(snapshotAt(minute, { account: 'a' }))
  snapshots.confirm(snapshots.oldest()!)
  snapshots.put(snapshotAt(4))
  snapshots.put(snapshotAt(5, { account: 'b' }))
  const minutesSince = (minute: number, accounts: string[]) => {
    const minutes: unknown[] = []
    snapshots.forEachSince(noon + minute * 60_000, accounts, (snapshot) => minutes.push(minuteOf(snapshot)))
    return minutes
  }
  expect(minutesSince(0, ['a'])).toEqual([1, 2, 3])
  expect(minutesSince(2, ['a', ''])).toEqual([2, 3, 4])
})

test('delivered snapshots are kept for thirty days, the newest of a source and undelivered ones forever', () => {
  const day = 24 * 60
  let now = noon
  const { snapshots } = ledgerFixture({ now: () => now }).ledger
  for (const minute of [0, 1]) snapshots.put(snapshotAt(minute, { source: 'statusline' }))
  for (const minute of [2, 3]) snapshots.put(snapshotAt(minute))
  while (snapshots.pending() > 0) snapshots.confirm(snapshots.oldest()!)
  for (const minute of [4, 5]) snapshots.put(snapshotAt(minute))
  snapshots.setAside(snapshots.oldest()!, 'no')
  now = noon + 29 * day * 60_000
  snapshots.put(snapshotAt(29 * day))
  snapshots.resend()
  expect(snapshots.pending()).toBe(7)
  while (snapshots.pending() > 2) snapshots.confirm(snapshots.oldest()!)
  now = noon + 31 * day * 60_000
  snapshots.put(snapshotAt(31 * day))
  // Deleted: minutes 0, 2, 3 and 4. Left: the newest of the status line, minute 5, and the two later ones.
  snapshots.resend()
  const left: unknown[] = []
  for (let one = snapshots.oldest(); one !== undefined; one = snapshots.oldest()) {
    left.push(minuteOf(one.snapshot))
    snapshots.confirm(one)
  }
  expect(left).toEqual([1, 5, 29 * day, 31 * day])
})

test('ten thousand pending snapshots are returned in order, and no step is slow', () => {
  const { ledger, dataDir } = ledgerFixture()
  const { snapshots } = ledger
  snapshots.put(snapshotAt(10_000))
  const db = new Database(path.join(dataDir, 'ledger.db'))
  const add = db.prepare(
    "INSERT INTO readings (key, account, source, machine, captured_at, snapshot, state) VALUES (?, '', ?, ?, ?, ?, 'pending')",
  )
  db.transaction(() => {
    for (let minute = 9_999; minute >= 0; minute--) {
      const one = snapshotAt(minute)
      add.run(`k${minute}`, 'console', 'laptop', one.capturedAt, JSON.stringify(one))
    }
  })()
  let slowest = 0
  const drain = (from: number, to: number) => {
    for (let minute = from; minute <= to; minute++) {
      const started = performance.now()
      const one = snapshots.oldest()
      if (minuteOf(one?.snapshot) !== minute) expect.fail(`${minuteOf(one?.snapshot)} came after ${minute - 1}`)
      snapshots.confirm(one!)
      slowest = Math.max(slowest, performance.now() - started)
    }
  }
  // With a full queue and with an almost empty one; in between snapshots are delivered in one statement.
  drain(0, 500)
  db.prepare("UPDATE readings SET state = 'delivered' WHERE captured_at < ?").run(snapshotAt(9_500).capturedAt)
  db.close()
  drain(9_500, 10_000)
  expect(snapshots.pending()).toBe(0)
  expect(slowest).toBeLessThan(1000)
  expect(snapshots.newest().map(minuteOf)).toEqual([10_000])
})

test('a ledger of the former schema version is migrated with all its content', () => {
  const dataDir = tempFolder()
  const old = new Database(path.join(dataDir, 'ledger.db'))
  applyMigrations(old, 0, 1)
  old.prepare("INSERT INTO meta (name, value) VALUES ('hub', 'mine')").run()
  old.close()
  const store = openLedgerStore(dataDir)
  expect(store.meta.get('hub')).toBe('mine')
  const snapshots = openSnapshotQueue(store, Date.now)
  snapshots.put(snapshotAt(0))
  expect(snapshots.pending()).toBe(1)
  store.close()
})

test('a snapshot that an earlier version set aside for its time is pending again, and no other', () => {
  const dataDir = tempFolder()
  const old = new Database(path.join(dataDir, 'ledger.db'))
  const healing = migrations.findIndex((sql) => String(sql).includes("SET state = 'pending'"))
  applyMigrations(old, 0, healing)
  const add = old.prepare(
    "INSERT INTO readings (key, account, source, machine, captured_at, snapshot, state, reason, settled_at) VALUES (?, '', 'console', 'laptop', ?, ?, ?, ?, ?)",
  )
  const addRow = (minute: number, state: string, reason: string | null) => {
    const one = snapshotAt(minute)
    add.run(`k${minute}`, one.capturedAt, JSON.stringify(one), state, reason, state === 'pending' ? null : noon)
  }
  addRow(0, 'set_aside', 'lastUpdated is more than 5 minutes in the future')
  addRow(1, 'set_aside', 'currentSession: is no window')
  addRow(2, 'delivered', null)
  addRow(3, 'pending', null)
  old.close()

  const store = openLedgerStore(dataDir)
  const rows = store.db.prepare('SELECT key, state, reason, settled_at FROM readings ORDER BY captured_at').all()
  expect(rows).toEqual([
    { key: 'k0', state: 'pending', reason: null, settled_at: null },
    { key: 'k1', state: 'set_aside', reason: 'currentSession: is no window', settled_at: noon },
    { key: 'k2', state: 'delivered', reason: null, settled_at: noon },
    { key: 'k3', state: 'pending', reason: null, settled_at: null },
  ])
  const snapshots = openSnapshotQueue(store, () => noon)
  expect(snapshots.rejected().map(({ key }) => key)).toEqual(['k1'])
  for (const minute of [0, 3]) {
    expect(minuteOf(snapshots.oldest()?.snapshot)).toBe(minute)
    snapshots.confirm(snapshots.oldest()!)
  }
  expect(snapshots.pending()).toBe(0)
  store.close()
})

test('on a full disk put fails with a suggestion, nothing is lost, and with space again it succeeds', () => {
  const store = openLedgerStore(tempFolder())
  const snapshots = openSnapshotQueue(store, Date.now)
  const large = (minute: number) => snapshotAt(minute, { extraUsage: { disabled_reason: 'x'.repeat(8_000) } })
  snapshots.put(large(0))
  // The page limit of SQLite gives the same error as a full disk, in the same place.
  store.db.pragma(`max_page_count = ${store.db.pragma('page_count', { simple: true })}`)
  expect(() => snapshots.put(large(1))).toThrow(expect.objectContaining({ name: 'LedgerError', code: 'disk_full' }))
  expect(snapshots.pending()).toBe(1)
  expect(minuteOf(snapshots.oldest()?.snapshot)).toBe(0)
  store.db.pragma('max_page_count = 100000')
  snapshots.put(large(1))
  expect(snapshots.pending()).toBe(2)
  // The protection against a power cut does not slow down writes of calls.
  expect(store.db.pragma('synchronous', { simple: true })).toBe(1)
  store.close()
})

test('after a kill at any time every stored snapshot exists, no confirmed one is sent again, and the file is valid', async () => {
  const folder = tempFolder()
  const dataDir = path.join(folder, 'data')
  const program = path.join(import.meta.dirname, 'snapshot-queue-child.fixture.ts')
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
    // The last line may be incomplete.
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
