import path from 'node:path'
import { buildReport } from '@signalbox/usage/group'
import { defaultPriceTable, type PriceTable, parsePriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { someCall } from '../../../../test/call.ts'
import { openSqliteStore, type SqliteStore } from '../open.ts'

const now = Date.parse('2026-11-20T00:00:00.000Z')
const price = (input: number) => ({ input, write_5m: input, write_1h: input, read: input, output: input })

/** Prices of one model, with other price changes and prompt lengths than the shipped table. */
function tableOf(moments: readonly string[], above: number[] = []): PriceTable {
  const period = (n: number) => ({
    ...price(n),
    ...(above.length === 0 ? {} : { above: above.map((prompt, m) => ({ prompt, ...price(n + m + 1) })) }),
  })
  return parsePriceTable({
    version: 'test',
    date: '2026-11-20',
    web_search: 0.01,
    models: [{ names: ['claude-opus-5-5'], prices: [period(1), ...moments.map((from, n) => ({ from, ...period(10 * (n + 1)) }))] }],
  })
}

async function report(store: SqliteStore, table: PriceTable, daysOf: string | undefined, timezone = 'Europe/Berlin') {
  return buildReport({ group: 'day', timezone, table, slices: await store.usage.slices({ filter: {}, keep: [], daysOf, now }) })
}

it('a price table with other price changes and prompt lengths has old roll-ups cut again, and all of them agree', async () => {
  const folder = tempFolder()
  const calls = Array.from({ length: 600 }, (_, n) =>
    someCall({ at: new Date(Date.parse('2026-10-01T00:07:00.000Z') + n * 61 * 60_000).toISOString(), read: (n % 7) * 40_000 }),
  )
  const first = openSqliteStore({ folder, prices: defaultPriceTable() })
  await first.usage.ingest('a', calls, { now })
  await report(first, defaultPriceTable(), 'Europe/Berlin')
  await first.close()
  const tables = [
    tableOf(['2026-10-10', '2026-10-11']),
    tableOf(['2026-10-11', '2026-10-20']),
    tableOf([], [50_000, 130_000]),
    defaultPriceTable(),
  ]
  const totals: (number | null)[] = []
  for (const table of tables) {
    const store = openSqliteStore({ folder, prices: table })
    const byQuarter = await report(store, table, undefined)
    expect(await report(store, table, 'Europe/Berlin')).toEqual(byQuarter)
    expect(await report(store, table, 'UTC', 'UTC')).toEqual(await report(store, table, undefined, 'UTC'))
    totals.push(byQuarter.totals.cost_usd)
    await store.close()
    // A store that never had another table.
    const fresh = openSqliteStore({ folder: tempFolder(), prices: table })
    await fresh.usage.ingest('a', calls, { now })
    expect(await report(fresh, table, 'Europe/Berlin')).toEqual(byQuarter)
    await fresh.close()
  }
  expect(new Set(totals).size).toBe(totals.length)
})

it('days that were rolled up when a name meant nothing are rolled up again when it means a model with prompt lengths', async () => {
  const folder = tempFolder()
  const [unknown, known] = ['gateway-model', 'anthropic/claude-haiku-5.5']
  const calls = [20_000, 150_000, 99_999, 100_001].map((read, n) =>
    someCall({ at: `2026-11-0${n + 1}T12:00:00.000Z`, model: unknown, input: 0, write_1h: 0, read }),
  )
  const table = defaultPriceTable()
  const before = openSqliteStore({ folder, prices: table })
  await before.usage.ingest('a', [...calls, ...calls.map((one) => ({ ...one, key: `${one.key}+` }))], { now })
  expect((await report(before, table, 'Europe/Berlin')).totals.cost_usd).toBeNull()
  await before.close()
  // As a store of a version that did not know the gateway's names.
  const file = new Database(path.join(folder, 'signalbox.db'))
  file.prepare('UPDATE name SET text = ? WHERE text = ?').run(known, unknown)
  file.prepare("DELETE FROM meta WHERE name = 'model_name_rules'").run()
  file.close()
  for (const _ of ['first', 'again']) {
    const store = openSqliteStore({ folder, prices: table })
    const byQuarter = await report(store, table, undefined)
    expect(byQuarter.totals.cost_usd).toBeCloseTo((2 * (119_999 * 0.01 + 250_001 * 0.05 + 1_600 * (0.5 + 2.5))) / 1e6, 10)
    expect(await report(store, table, 'Europe/Berlin')).toEqual(byQuarter)
    await store.close()
  }
  const daysLeft = new Database(path.join(folder, 'signalbox.db'), { readonly: true })
  expect(daysLeft.prepare('SELECT count(*) FROM day').pluck().get()).toBeGreaterThan(0)
  daysLeft.close()
})

it('days are rolled up for a bounded number of offsets, and again when they are read', async () => {
  const store = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
  await store.usage.ingest(
    'a',
    Array.from({ length: 40 }, (_, n) => someCall({ at: new Date(now - n * 86_400_000).toISOString() })),
    { now },
  )
  const zones = Array.from({ length: 24 }, (_, n) => `Etc/GMT${n < 12 ? `+${n + 1}` : `-${n - 11}`}`)
  const table = defaultPriceTable()
  for (const [day, zone] of zones.entries()) {
    const slices = await store.usage.slices({ filter: {}, keep: [], daysOf: zone, now: now + day * 86_400_000 })
    expect(buildReport({ group: 'day', timezone: zone, table, slices })).toEqual(await report(store, table, undefined, zone))
  }
  const offsets = store.connection.db.prepare('SELECT count(*) FROM day_offset').pluck().get()
  expect(offsets).toBe(16)
  expect(store.connection.db.prepare('SELECT count(DISTINCT quarters) FROM day').pluck().get()).toBe(16)
  await store.usage.ingest('a', [someCall()], { now })
  expect(await report(store, table, zones[0]!, zones[0]!)).toEqual(await report(store, table, undefined, zones[0]!))
  await store.close()
})
