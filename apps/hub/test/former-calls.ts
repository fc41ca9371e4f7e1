import type { Call } from '@signalbox/contract/call'
import { currentKey } from '@signalbox/usage/call-key'
import { mergeCalls } from '@signalbox/usage/call-merge'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { randomFrom } from '@signalbox/usage/random'
import type Database from 'better-sqlite3'
import type { ReportedCall } from '../src/store/copy/portion.ts'
import { migrate, migrations } from '../src/store/sqlite/migration/migrate.ts'

/** The calls of a hub of before December 2026, in the order in which they arrived. */
export interface FormerCalls {
  readonly rows: readonly ReportedCall[]
  /** How many repeat the message of an earlier one under another request id, as side questions do. */
  readonly repeated: number
  /** How many have the id of a relay. */
  readonly foreign: number
}

/** Makes calls with keys `<message id>:<request id>`; the same number gives the same calls. */
export function formerCalls(count: number): FormerCalls {
  const random = randomFrom(count)
  const rows: ReportedCall[] = []
  const first: Call[] = []
  let [repeated, foreign] = [0, 0]
  const begin = Date.parse('2026-06-01T00:00:00.000Z')
  for (let n = 0; n < count; n++) {
    const machine = `machine-${random.int(1, 4)}`
    const at = new Date(begin + Math.floor((n / count) * 180 * 86_400_000)).toISOString()
    const request = `req_011C${random.id(20)}`
    if (first.length > 0 && random.chance(0.04)) {
      // Nearly always the same figures; some records were cut, or are earlier than the first that arrived.
      const known = random.pick(first)
      const id = currentKey(known.key)!.key
      const moved = new Date(Date.parse(known.at) + random.int(-3_600_000, 3_600_000)).toISOString()
      const change = random.chance(0.1) ? { output: random.int(0, 2_000), at: moved, session_id: random.uuid(), cwd: '/fork' } : {}
      rows.push({ machine, call: { ...known, ...change, key: `${id}:${request}` } })
      repeated++
      continue
    }
    const isForeign = random.chance(0.02)
    if (isForeign) foreign++
    const id = isForeign ? `gen-${random.id(12)}` : random.chance(0.02) ? random.uuid() : `msg_01${random.id(22)}`
    const call: Call = {
      key: `${id}:${random.chance(0.05) ? '' : request}`,
      at,
      model: random.pick(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5']),
      session_id: `session-${Math.floor(n / 60)}`,
      cwd: `/home/dev/project-${random.int(1, 9)}`,
      git_branch: random.pick(['main', 'next']),
      version: '2.1.33',
      is_sidechain: random.chance(0.2),
      ...{
        input: random.int(0, 200),
        output: random.int(0, 2_000),
        write_5m: 0,
        write_1h: random.int(0, 8_000),
        read: random.int(0, 260_000),
      },
      ...(random.chance(0.1) ? { web_searches: random.int(0, 3) } : {}),
      ...(random.chance(0.1) ? { speed: 'fast', agent_id: random.hex(7) } : {}),
      service_tier: 'standard',
    }
    rows.push({ machine, call })
    if (!isForeign) first.push(call)
  }
  return { rows, repeated, foreign }
}

/** The same calls as a hub of today stores them, by key: each message once, with the machine that reported it first. */
export function rekeyed(rows: readonly ReportedCall[]): Map<string, ReportedCall> {
  const calls = new Map<string, ReportedCall>()
  for (const { machine, call: former } of rows) {
    const current = currentKey(former.key)
    const request = current === undefined || current.requestId === '' ? {} : { request_id: current.requestId }
    const call = { ...former, key: current?.key ?? former.key, ...request }
    const known = calls.get(call.key)
    calls.set(call.key, known === undefined ? { machine, call } : { machine: known.machine, call: mergeCalls(known.call, call) })
  }
  return calls
}

/** The number of migrations of the hub that wrote the former keys. */
const FORMER_VERSION = 12

/** Fills a new file as a hub of before December 2026 has left it, with its roll-ups and the days of UTC. */
export function writeFormerHub(db: Database.Database, rows: readonly ReportedCall[]): void {
  migrate(db, migrations.slice(0, FORMER_VERSION))
  const numbers = new Map<string, number>()
  const addName = db.prepare('INSERT INTO name (text) VALUES (?)')
  const numberOf = (text: string | undefined) => {
    if (text === undefined) return 0
    const number = numbers.get(text) ?? Number(addName.run(text).lastInsertRowid)
    numbers.set(text, number)
    return number
  }
  const tuples = new Map<string, number>()
  const tupleOf = (table: 'place' | 'kind', values: number[]) => {
    const key = `${table} ${values.join()}`
    const add = () => db.prepare(`INSERT INTO ${table} VALUES (NULL, ${values.map(() => '?')})`).run(...values).lastInsertRowid
    const id = tuples.get(key) ?? Number(add())
    tuples.set(key, id)
    return id
  }
  const insert =
    db.prepare(`INSERT INTO call (key, at, session, place, kind, version, agent, is_sidechain, input, output, write_5m, write_1h,
    read, web_searches) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  db.transaction(() => {
    for (const { machine, call } of rows) {
      const place = tupleOf('place', [machine, call.cwd, call.git_branch].map(numberOf))
      const kind = tupleOf('kind', [call.model, call.speed, call.service_tier, call.inference_geo].map(numberOf))
      const names = [numberOf(call.version), numberOf(call.agent_id)]
      const { key, input, output, write_5m, write_1h, read, web_searches = null } = call
      const tokens = [input, output, write_5m, write_1h, read, web_searches]
      insert.run(key, Date.parse(call.at), numberOf(call.session_id), place, kind, ...names, call.is_sidechain ? 1 : 0, ...tokens)
    }
    const { thresholds } = defaultPriceTable()
    db.prepare("INSERT INTO meta VALUES ('thresholds', ?)").run(JSON.stringify(thresholds))
    const band = thresholds.map((above) => `(input + write_5m + write_1h + read > ${above})`).join(' + ')
    const sums = 'sum(input), sum(output), sum(write_5m), sum(write_1h), sum(read)'
    db.exec(`
      INSERT INTO slice SELECT at / 900000, session, place, kind, ${band} AS of_band, count(*), ${sums}, sum(coalesce(web_searches, 0)),
        min(at), max(at) FROM call GROUP BY 1, session, place, kind, of_band;
      INSERT INTO day SELECT 0, 0, 0, quarter / 96, 0, kind, 0, sum(calls), ${sums}, sum(web_searches), min(first_at), max(last_at)
        FROM slice GROUP BY quarter / 96, kind;
      INSERT INTO day_offset SELECT 0, min(quarter) / 96, 1 FROM slice;
      UPDATE usage_state SET revision = 7, last_ingest_at = 1`)
  })()
}
