import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { fleetOf } from '../../../../test/fleet.ts'
import { openHub, TestClock } from '../../../../test/open-hub.ts'
import { openSqliteStore } from '../open.ts'
import { keysEventsUsage } from './001-keys-events-usage.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'
import { monitorEvents } from './004-monitor-events.ts'
import { observedSessions } from './005-observed-sessions.ts'
import { invites } from './006-invites.ts'
import { migrate } from './migrate.ts'

it('recovered and stalled sessions of the version before have their attempt, and have a whole interval once', async () => {
  const folder = tempFolder()
  const db = new Database(path.join(folder, 'signalbox.db'))
  migrate(db, [keysEventsUsage, state, limits, monitorEvents, observedSessions, invites])
  const clock = new TestClock()
  const now = clock.now()
  const insert = (session_id: string, status: string, history: object) =>
    db
      .prepare(
        `INSERT INTO session (session_id, project_id, machine_id, status, last_heartbeat, due_at, started_at, created_at, updated_at, revision, metadata, history)
         VALUES (?, 'p', 'm', ?, ?, ?, ?, ?, ?, 1, '{}', ?)`,
      )
      .run(session_id, status, now - 1e9, status === 'active' ? now - 1e9 + 300_000 : null, now, now, now, JSON.stringify(history))
  insert('a', 'active', { transitions: [], recoveries: [{ attempt: 1 }, { attempt: 2 }] })
  insert('b', 'stalled', { transitions: [], stall: { before: 'active', at: now - 5e8, reason: 'no heartbeat' } })
  insert('c', 'active', { transitions: [] })
  db.close()
  const hub = await openHub({ clock, store: openSqliteStore({ folder, prices: defaultPriceTable() }) })
  const fleet = fleetOf(hub)
  await hub.monitor.check()
  expect(await fleet.read('a')).toMatchObject({ status: 'active', attempt: 3 })
  expect(await fleet.read('b')).toMatchObject({ status: 'stalled', attempt: 1, stalled_since: new Date(now - 5e8).toISOString() })
  expect(await fleet.read('c')).toMatchObject({ status: 'active', attempt: 1 })
  await fleet.heartbeat('a', { attempt: 3 })
  await fleet.passTime(299_000, 4000)
  expect((await fleet.read('c')).status).toBe('active')
  await fleet.passTime(3000)
  expect((await fleet.read('c')).status).toBe('stalled')
})
