import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { openSqliteStore } from '../open.ts'
import { keysEventsUsage } from './001-keys-events-usage.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'
import { migrate } from './migrate.ts'

it('a store of the version before has its monitor events under their new names, and keeps the others', async () => {
  const folder = tempFolder()
  const db = new Database(path.join(folder, 'signalbox.db'))
  migrate(db, [keysEventsUsage, state, limits])
  const insert = db.prepare('INSERT INTO event (event, at, data) VALUES (?, ?, ?)')
  const data = { alert_id: 'a', about: 'hub', kind: 'monitor_paused', reason: 'The hub was started', until: '2026-10-06T09:22:00.000Z' }
  for (const event of ['alert.opened', 'usage.updated', 'alert.closed']) insert.run(event, 1_000, JSON.stringify(data))
  db.close()
  const store = openSqliteStore({ folder, prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  expect((await store.events.latest({ limit: 9 })).map(({ id, event }) => [id, event])).toEqual([
    [1, 'monitor.paused'],
    [2, 'usage.updated'],
    [3, 'monitor.resumed'],
  ])
  expect(await store.events.page({ types: ['monitor.paused'], after: 0, limit: 9 })).toMatchObject([{ id: 1, data }])
})
