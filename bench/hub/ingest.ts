import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import type { Row } from '../table.ts'
import { batchesOfCalls, DAY_MS } from './calls.ts'
import { headers, startHub } from './hub-process.ts'

const CALLS = 1_000_000
const NOW = Date.parse('2026-11-20T00:00:00Z')
/** Number of collectors that send at the same time. */
const SENDERS = 2

/** Sends a million calls over HTTP in POSTs of 5,000, against one loop of bare inserts into a table of the same columns. */
export async function hubIngest(calls = CALLS): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  try {
    const bodies = writeBodies(path.join(folder, 'bodies'), calls)
    // Before and after, so that a slow phase of the machine affects both.
    const before = insertAll(path.join(folder, 'before.db'), calls)
    const hub = await sendAll(path.join(folder, 'hub'), bodies, calls)
    const after = insertAll(path.join(folder, 'after.db'), calls)
    const bare = 2 / (1 / before + 1 / after)
    return [
      {
        what: `${calls.toLocaleString('en')} calls into the hub over HTTP`,
        measured: `${perSecond(hub)}, ${(hub / bare).toFixed(2)} of it`,
        reference: `bare SQLite inserts ${perSecond(bare)}`,
        target: 'a quarter',
        reached: hub / bare >= 0.25,
      },
    ]
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

interface Bodies {
  readonly file: string
  readonly sizes: readonly number[]
}

function writeBodies(file: string, calls: number): Bodies {
  const sizes: number[] = []
  const handle = fs.openSync(file, 'w')
  for (const { machine, calls: batch } of batchesOfCalls(calls, NOW - 30 * DAY_MS, NOW)) {
    sizes.push(fs.writeSync(handle, Buffer.from(JSON.stringify({ machine_id: machine, calls: batch }))))
  }
  fs.closeSync(handle)
  return { file, sizes }
}

/** @returns calls per second */
async function sendAll(dataDir: string, { file, sizes }: Bodies, calls: number): Promise<number> {
  const hub = await startHub(dataDir)
  const handle = fs.openSync(file, 'r')
  try {
    let next = 0
    let offset = 0
    const send = async () => {
      while (next < sizes.length) {
        const body = Buffer.alloc(sizes[next++]!)
        fs.readSync(handle, body, 0, body.length, offset)
        offset += body.length
        const answer = await fetch(`${hub.url}/api/usage/calls`, { method: 'POST', headers, body })
        const { accepted } = (await answer.json()) as { accepted?: number }
        if (!accepted) throw new Error(`the hub answered ${answer.status}`)
      }
    }
    const started = performance.now()
    await Promise.all(Array.from({ length: SENDERS }, send))
    const seconds = (performance.now() - started) / 1000
    const { totals } = (await (await fetch(`${hub.url}/api/usage?group=model`, { headers })).json()) as { totals: { calls: number } }
    if (totals.calls !== calls) throw new Error(`the hub has ${totals.calls} calls and not ${calls}`)
    return calls / seconds
  } finally {
    fs.closeSync(handle)
    await hub.stop()
  }
}

/** Only inserts: the columns of the hub's table of calls, with prepared values, without roll-up or lookup. */
function insertAll(file: string, calls: number): number {
  const db = new Database(file)
  // The same settings as the hub, for a fair comparison.
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('cache_size = -65536')
  db.pragma('wal_autocheckpoint = 8192')
  db.exec(`CREATE TABLE call (key TEXT NOT NULL UNIQUE, at INTEGER, session INTEGER, place INTEGER, kind INTEGER, version INTEGER,
    agent_id INTEGER, request_id TEXT, is_sidechain INTEGER, input INTEGER, output INTEGER, write_5m INTEGER, write_1h INTEGER,
    read INTEGER, web_searches INTEGER)`)
  const insert = db.prepare('INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  let ms = 0
  for (const { calls: batch } of batchesOfCalls(calls, NOW - 30 * DAY_MS, NOW)) {
    const rows = batch.map((call, n) => ({ ...call, at: Date.parse(call.at), session: n, side: call.is_sidechain ? 1 : 0 }))
    const started = performance.now()
    db.exec('BEGIN')
    for (const row of rows) {
      insert.run(
        row.key,
        row.at,
        row.session,
        1,
        1,
        1,
        0,
        row.request_id,
        row.side,
        row.input,
        row.output,
        row.write_5m,
        row.write_1h,
        row.read,
        row.web_searches,
      )
    }
    db.exec('COMMIT')
    ms += performance.now() - started
  }
  db.close()
  return calls / (ms / 1000)
}

function perSecond(rate: number): string {
  return `${Math.round(rate / 100) / 10}k rows/s`
}
