import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openLedger } from '../ledger.ts'
import { callLine, lines, slicesFromCalls } from '../ledger-fixture.ts'
import { applyMigrations } from './schema.ts'

/** 100,000 before a release: `CALLS=100000`. */
const CALLS = Number(process.env.CALLS ?? 20_000)
const FORMER_VERSION = 4

/** The sums that a ledger of before shows, by SQL on its own tables. */
interface FormerSums {
  readonly calls: number
  readonly output: number
  readonly read: number
}

/**
 * A ledger of the schema before the migration: mostly calls of Anthropic's ids, some of which side questions have repeated under another
 * request id, and some calls of a relay whose answers share one id.
 */
function writeFormerLedger(dataDir: string): FormerSums {
  mkdirSync(dataDir, { recursive: true })
  const db = new Database(path.join(dataDir, 'ledger.db'))
  applyMigrations(db as never, 0, FORMER_VERSION)
  const addPlace = db.prepare("INSERT INTO places VALUES (?, ?, ?, 'main', 'claude-opus-5-5', '', 'standard', '')")
  for (let id = 0; id < 200; id++) addPlace.run(id, `session-${id}`, `/home/dev/p${id % 7}`)
  const addOrigin = db.prepare("INSERT INTO origins VALUES (?, '2.1.280', ?, ?)")
  addOrigin.run(0, '', 0)
  addOrigin.run(1, 'aside', 1)
  const add = db.prepare('INSERT INTO calls VALUES (?, ?, ?, ?, 5, ?, 0, 100, ?, NULL)')
  db.transaction(() => {
    for (let n = 0; n < CALLS; n++) {
      const at = Date.UTC(2026, 9, 1) + n * 20_000
      add.run(`msg_${n}:req_${n}`, at, n % 200, 0, n % 900, n % 300_000)
      if (n % 1_000 === 0) add.run(`msg_${n}:req_side`, at, n % 200, 1, n % 900, n % 300_000)
    }
    for (let n = 0; n < 20; n++) add.run(`relay-1:req-${n}`, Date.UTC(2026, 10, 1) + n, n, 0, 10, 0)
    add.run('4a1f0c9e-93d5-4b43-8f10-0d1a52a7f0aa:req_u', Date.UTC(2026, 10, 2), 0, 0, 7, 0)
  })()
  db.exec("INSERT INTO outbox (key) SELECT key FROM calls ORDER BY at LIMIT 5000; INSERT INTO meta VALUES ('outbox', 'kept')")
  db.exec("INSERT INTO files VALUES ('/gone/session-1.jsonl', 1, 1, 10, 1.5, 10, 'x', 3)")
  const sums = db.prepare('SELECT count(*) AS calls, sum(output) AS output, sum(read) AS read FROM calls').get() as FormerSums
  db.close()
  return sums
}

test('a ledger of before keeps every call, and side questions no longer count twice', async () => {
  const dataDir = path.join(tempFolder(), 'data')
  const before = writeFormerLedger(dataDir)
  const copies = CALLS / 1_000
  let repeated = 0
  for (let n = 0; n < CALLS; n += 1_000) repeated += n % 900

  const ledger = openLedger({ dataDir })
  const { note } = await ledger.refresh({ roots: [] })
  const { totals } = ledger.report({ group: 'session', timezone: 'UTC' })
  expect(totals).toMatchObject({ calls: before.calls - copies, output: before.output - repeated, unfinished_calls: 0 })
  expect(before.calls).toBe(CALLS + copies + 21)
  expect(note).toContain('1 transcript was read again')
  expect(note).toContain(`${copies} copies of calls that counted twice no longer do.`)
  expect(note).toContain(`${(CALLS + 21).toLocaleString('en')} calls stay as before`)
  expect((await ledger.refresh({ roots: [] })).note).toBeUndefined()

  const page = ledger.outbox.next(10)!.calls
  expect(page.map(({ key, request_id }) => [key, request_id]).slice(0, 2)).toEqual([
    ['msg_0', 'req_0'],
    ['msg_1', 'req_1'],
  ])
  // The side question's copies were pending too: 5,000 keys, 5 of which were copies.
  expect(ledger.outbox.pending()).toBe(4_995)
  ledger.close()
  const db = new Database(path.join(dataDir, 'ledger.db'))
  const keys = db.prepare<[], string>("SELECT key FROM calls WHERE key NOT LIKE 'msg_%' ORDER BY key").pluck().all()
  const slices = db.prepare<[], number>('SELECT sum(calls) FROM slices').pluck().get()
  db.close()
  // An id that is not unique stays, until its transcript is read.
  expect(keys).toEqual(['4a1f0c9e-93d5-4b43-8f10-0d1a52a7f0aa', ...Array.from({ length: 20 }, (_, n) => `relay-1:req-${n}`).sort()])
  expect(slices).toBe(totals.calls)
  expect(slicesFromCalls(dataDir).length).toBeGreaterThan(0)
}, 60_000)

test('the one call that stood for all answers of a relay gives way to them when their transcript is read', async () => {
  const folder = tempFolder()
  const [dataDir, root] = [path.join(folder, 'data'), path.join(folder, 'projects')]
  mkdirSync(dataDir)
  mkdirSync(root)
  const db = new Database(path.join(dataDir, 'ledger.db'))
  applyMigrations(db as never, 0, FORMER_VERSION)
  db.exec(`
    INSERT INTO places VALUES (1, 'session-1', '/home/dev/project', 'main', 'claude-opus-4-5-20251101', '', '', '');
    INSERT INTO origins VALUES (1, '2.1.33', '', 0);
    INSERT INTO calls VALUES ('relay-1:', ${Date.UTC(2026, 10, 20, 10)}, 1, 1, 3, 400, 0, 0, 100, NULL);
    INSERT INTO outbox (key) VALUES ('relay-1:');
    INSERT INTO meta VALUES ('outbox', 'kept');
  `)
  db.close()
  const answers = [1, 2, 3].map((n) =>
    callLine({ id: 'relay-1', request: '', at: `2026-11-20T1${n - 1}:00:00.000Z`, output: n * 100, input: n }),
  )
  writeFileSync(path.join(root, 's.jsonl'), lines(...answers))
  const ledger = openLedger({ dataDir })
  await ledger.refresh({ roots: [root] })
  expect(ledger.report({ group: 'day', timezone: 'UTC' }).totals).toMatchObject({ calls: 3, output: 600 })
  expect(ledger.outbox.next(10)!.calls.map(({ output }) => output)).toEqual([100, 200, 300])
  ledger.close()
})
