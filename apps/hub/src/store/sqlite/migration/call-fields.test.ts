import { spawnSync } from 'node:child_process'
import path from 'node:path'
import type { Call } from '@signalbox/contract/call'
import { tokenClasses } from '@signalbox/usage/call'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { toSlice } from '@signalbox/usage/slice'
import Database from 'better-sqlite3'
import { expect, it, vi } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { formerCalls, rekeyed, writeFormerHub } from '../../../../test/former-calls.ts'
import type { Store } from '../../store.ts'
import { openSqliteStore } from '../open.ts'

vi.setConfig({ testTimeout: 300_000 })

/** 100,000 before a release: `CALLS=100000`. */
const CALLS = Number(process.env.CALLS ?? 20_000)
const table = defaultPriceTable()
const now = Date.parse('2026-12-01T00:00:00.000Z')
const sums = [...tokenClasses, 'web_searches'] as const

function add(calls: readonly Call[]): Record<string, number> {
  const of = (name: (typeof sums)[number]) => calls.reduce((sum, call) => sum + (call[name] ?? 0), 0)
  return { calls: calls.length, ...Object.fromEntries(sums.map((name) => [name, of(name)])) }
}

/** The totals of a table of the file. */
function totals(file: string, from: 'call' | 'slice' | 'day'): unknown {
  const db = new Database(file, { readonly: true })
  const all = sums.map((name) => `sum(${name}) AS ${name}`).join(', ')
  const found = db.prepare(`SELECT ${from === 'call' ? 'count(*)' : 'sum(calls)'} AS calls, ${all} FROM ${from}`).get()
  db.close()
  return found
}

async function storedCalls(store: Store): Promise<Map<string, { machine: string; call: Call }>> {
  const calls = new Map()
  for await (const portion of store.copy.dump(now))
    if (portion.kind === 'calls') for (const row of portion.rows) calls.set(row.call.key, row)
  return calls
}

it('a hub of many calls gets the keys of today: only what repeats a message disappears, and reports are exact', async () => {
  const folder = tempFolder()
  const file = path.join(folder, 'signalbox.db')
  const { rows, repeated, foreign } = formerCalls(CALLS)
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  writeFormerHub(db, rows)
  db.close()
  const before = add(rows.map(({ call }) => call))
  for (const from of ['call', 'slice', 'day'] as const) expect(totals(file, from), from).toEqual(before)

  // Killed at the last moment, it has changed nothing.
  const migrateFile = new URL('./migrate.ts', import.meta.url).href
  const killed = `import Database from 'better-sqlite3'; import { migrate, migrations } from ${JSON.stringify(migrateFile)}
    migrate(new Database(${JSON.stringify(file)}), [...migrations, () => process.kill(process.pid, 'SIGKILL')])`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', killed], { cwd: import.meta.dirname })
  expect([child.signal, child.stderr.toString()]).toEqual(['SIGKILL', ''])
  for (const from of ['call', 'slice', 'day'] as const) expect(totals(file, from), from).toEqual(before)

  const log: string[] = []
  const store = openSqliteStore({ folder, prices: table, log: (message) => log.push(message) })
  const count = (number: number) => number.toLocaleString('en')
  expect(log.at(-1)).toContain(`of ${count(CALLS)} calls, ${count(repeated)} repeated a call under another request id`)
  expect(log.at(-1)).toContain(`; ${count(foreign)} with ids that Anthropic did not make keep their former keys`)

  // Each difference is a record that repeats a message.
  const expected = rekeyed(rows)
  const after = add([...expected.values()].map(({ call }) => call))
  expect(await storedCalls(store)).toEqual(expected)
  for (const from of ['call', 'slice'] as const) expect(totals(file, from), from).toEqual(after)
  expect(after.calls).toBe(CALLS - repeated)
  const groups = Map.groupBy(rows, ({ call }) => (call.key.startsWith('gen-') ? call.key : call.key.split(':')[0]!))
  const lost = [...groups.values()].filter(({ length }) => length > 1)
  const ofLost = add(lost.flatMap((records) => records.map(({ call }) => call)))
  const kept = add(lost.map(([first]) => expected.get(first!.call.key.split(':')[0]!)!.call))
  for (const name of ['calls', ...sums]) expect(before[name]! - after[name]!, name).toBe(ofLost[name]! - kept[name]!)

  for (const group of ['day', 'model', 'machine', 'project', 'session'] as const) {
    // A session has its first project, branch and machine too.
    const keep =
      group === 'session' ? (['session', 'project', 'branch', 'machine'] as const) : group === 'day' || group === 'model' ? [] : [group]
    const slices = await store.usage.slices({ filter: {}, keep, daysOf: group === 'session' ? undefined : 'UTC', now })
    const exact = [...expected.values()].map(({ machine, call }) => toSlice(call, table.thresholds, machine))
    expect(buildReport({ group, timezone: 'UTC', table, slices })).toEqual(buildReport({ group, timezone: 'UTC', table, slices: exact }))
  }
  // What an old collector sends again is known.
  const again = rows.slice(0, 5_000).map(({ call }) => call)
  expect(await store.usage.ingest('any', again, { now })).toEqual({ accepted: 0, improved: 0, duplicates: 5_000 })
  expect(await store.usage.state()).toMatchObject({ revision: 8 })
  await store.close()
  const reopened = openSqliteStore({ folder, prices: table, log: (message) => log.push(message) })
  await reopened.close()
  // The upgrade that was killed had made its copy already; one of this upgrade takes its place.
  expect(log).toHaveLength(3)
  expect(log[0]).toContain('signalbox.db.v12')
})

it('an id that was also sent alone is merged with its requests, at the machine that was first', async () => {
  const folder = tempFolder()
  const db = new Database(path.join(folder, 'signalbox.db'))
  const { call } = formerCalls(1).rows[0]!
  const keys = ['msg_1:b', 'msg_1', 'msg_1#1', 'msg_10:', 'msg_1:a']
  writeFormerHub(
    db,
    keys.map((key, n) => ({ machine: `m${n}`, call: { ...call, key, output: n } })),
  )
  db.close()
  const store = openSqliteStore({ folder, prices: table })
  expect(
    [...(await storedCalls(store)).values()].map(({ machine, call: { key, request_id, output } }) => [machine, key, request_id, output]),
  ).toEqual([
    ['m0', 'msg_1', 'a', 4],
    ['m2', 'msg_1#1', undefined, 2],
    ['m3', 'msg_10', undefined, 3],
  ])
  expect((await store.usage.slices({ filter: {}, keep: ['machine'], now })).map(({ machine, output }) => [machine, output])).toEqual(
    expect.arrayContaining([
      ['m0', 4],
      ['m2', 2],
      ['m3', 3],
    ]),
  )
  await store.close()
})

it('a new hub says nothing', async () => {
  const log: string[] = []
  await openSqliteStore({ folder: tempFolder(), prices: table, log: (message) => log.push(message) }).close()
  expect(log).toEqual([])
})
