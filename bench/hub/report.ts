import fs from 'node:fs'
import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import { openSqliteStore } from '../../apps/hub/src/store/sqlite/open.ts'
import { median, milliseconds, percentile, type Row } from '../table.ts'
import { batchesOfCalls, DAY_MS } from './calls.ts'
import { headers, startHub } from './hub-process.ts'

const NOW = Date.parse('2026-11-20T00:00:00Z')
const YEAR = 365 * DAY_MS
const ROUNDS = 300
/** Part of the name of the cached stores; increase it when the store or the generator changes. */
const STORE_FORMAT = 3

/** Measures `GET /api/usage?group=day` over a year of five million calls, against a tenth of the calls over the same days. */
export async function hubReport(cache: string, calls = 5_000_000): Promise<Row[]> {
  const full = await measure(await openCachedStore(cache, calls))
  const tenth = await measure(await openCachedStore(cache, calls / 10))
  const p99 = Math.max(percentile(full.year, 99), percentile(full.fresh, 99))
  return [
    {
      what: `\`GET /api/usage?group=day\`, a year of ${calls.toLocaleString('en')} calls`,
      measured: `p50 ${milliseconds(median(full.fresh))}, p99 ${milliseconds(percentile(full.fresh, 99))}; with nothing new p99 ${milliseconds(percentile(full.year, 99))}`,
      reference: `a tenth of the calls, as many days: p50 ${milliseconds(median(tenth.fresh))}, p99 ${milliseconds(percentile(tenth.fresh, 99))}`,
      target: 'p99 ≤ 20 ms',
      reached: p99 <= 20,
      note: [
        'calculated for every request, because a new call arrives before each',
        `the last 30 days p50 ${milliseconds(median(full.month))}`,
        `one machine p50 ${milliseconds(median(full.machine))}`,
        `a zone with clock changes p50 ${milliseconds(median(full.zone))}`,
        `the first request for a new UTC offset ${milliseconds(full.first)}, during which others are answered`,
      ].join('; '),
    },
  ]
}

interface Times {
  readonly first: number
  /** The same request repeatedly, without new calls. */
  readonly year: number[]
  /** The same request, each time after one new call. */
  readonly fresh: number[]
  readonly month: number[]
  readonly machine: number[]
  readonly zone: number[]
}

async function measure(folder: string): Promise<Times> {
  deleteCachedDays(folder)
  const hub = await startHub(folder)
  const ask = async (query: string) => {
    const started = performance.now()
    const answer = await fetch(`${hub.url}/api/usage?group=day${query}`, { headers: { ...headers, 'accept-encoding': 'identity' } })
    const text = await answer.text()
    const took = performance.now() - started
    if (answer.status !== 200 || !text.includes('"rows":[{')) throw new Error(`the hub answered ${answer.status}: ${text.slice(0, 200)}`)
    return took
  }
  const times = async (query: string, rounds: number, before = async () => {}) => {
    const all: number[] = []
    for (let n = 0; n < rounds; n++) {
      await before()
      all.push(await ask(query))
    }
    return all
  }
  let sentCalls = 0
  const sendCall = async () => {
    const body = JSON.stringify({ machine_id: 'machine-1', calls: [extraCall(sentCalls++)] })
    const answer = await fetch(`${hub.url}/api/usage/calls`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`)
  }
  try {
    const first = await ask('')
    await times('', 50)
    const year = await times('', ROUNDS)
    const fresh = await times('', ROUNDS, sendCall)
    const month = await times(`&since=${new Date(NOW - 30 * DAY_MS).toISOString().slice(0, 10)}`, 50, sendCall)
    const machine = await times('&machine_id=machine-1', 50, sendCall)
    await ask('&timezone=Europe/Berlin')
    return { first, year, fresh, month, machine, zone: await times('&timezone=Europe/Berlin', 50, sendCall) }
  } finally {
    await hub.stop()
  }
}

/** A call of the last day with a new key in every run, because the store is cached between runs. */
function extraCall(n: number): Call {
  return {
    key: `extra-${process.pid}-${Date.now()}-${n}`,
    at: new Date(NOW - 3_600_000).toISOString(),
    model: 'claude-opus-5-5',
    session_id: 'extra',
    cwd: '/home/dev/work/project-1',
    is_sidechain: false,
    input: 1,
    output: 1,
    write_5m: 0,
    write_1h: 0,
    read: 0,
  }
}

/** Creates the store once and caches it, because five million calls take minutes. */
async function openCachedStore(cache: string, calls: number): Promise<string> {
  const folder = path.join(cache, `hub-${calls}-${STORE_FORMAT}`)
  if (fs.existsSync(folder)) return folder
  const making = `${folder}.making`
  fs.rmSync(making, { recursive: true, force: true })
  const store = openSqliteStore({ folder: making, prices: defaultPriceTable() })
  let ingested = 0
  for (const { machine, calls: batch } of batchesOfCalls(calls, NOW - YEAR, NOW)) {
    await store.usage.ingest(machine, batch, { now: NOW })
    ingested += batch.length
    if (ingested % 500_000 === 0) console.error(`bench: ${ingested.toLocaleString('en')} of ${calls.toLocaleString('en')} calls are stored`)
  }
  await store.close()
  fs.renameSync(making, folder)
  return folder
}

/** Deletes the cached days, so that the first request of every run is a cold one. */
function deleteCachedDays(folder: string): void {
  const db = new Database(path.join(folder, 'signalbox.db'))
  db.exec('DELETE FROM day; DELETE FROM day_offset')
  db.close()
}
