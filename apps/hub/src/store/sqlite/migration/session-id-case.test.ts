import path from 'node:path'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../../../test/support/temp.ts'
import { fleetOf } from '../../../../test/fleet.ts'
import { openHub } from '../../../../test/open-hub.ts'
import { openSqliteStore } from '../open.ts'
import { keysEventsUsage } from './001-keys-events-usage.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'
import { monitorEvents } from './004-monitor-events.ts'
import { observedSessions } from './005-observed-sessions.ts'
import { invites } from './006-invites.ts'
import { migrate } from './migrate.ts'

it('a session whose id had capitals keeps its tasks and its events; a second one of the same id gets another', async () => {
  const folder = tempFolder()
  const db = new Database(path.join(folder, 'signalbox.db'))
  migrate(db, [keysEventsUsage, state, limits, monitorEvents, observedSessions, invites])
  const [alone, lower] = ['AAAAAAAA-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002']
  const now = Date.parse('2026-10-06T09:00:00.000Z')
  for (const [id, project] of [
    [alone, 'alone'],
    [lower, 'lower'],
    [lower.toUpperCase(), 'upper'],
  ]) {
    db.prepare(
      `INSERT INTO session (session_id, project_id, machine_id, status, last_heartbeat, started_at, created_at, updated_at, revision, metadata, history)
       VALUES (?, ?, 'm', 'active', ?, ?, ?, ?, 1, '{}', '{"transitions":[]}')`,
    ).run(id, project, now, now, now, now)
    db.prepare(
      `INSERT INTO task (task_id, session_id, project_id, task_name, status, created_at, updated_at, revision, metadata)
       VALUES (?, ?, ?, 'a task', 'pending', ?, ?, 1, '{}')`,
    ).run(`task of ${project}`, id, project, now, now)
    db.prepare("INSERT INTO event (event, at, session_id, data) VALUES ('session.created', ?, ?, '{}')").run(now, id)
  }
  db.close()
  const hub = await openHub({ store: openSqliteStore({ folder, prices: defaultPriceTable() }) })
  const fleet = fleetOf(hub)
  expect(await fleet.read(alone)).toMatchObject({ session_id: alone.toLowerCase(), project_id: 'alone' })
  expect(await fleet.heartbeat(alone)).toMatchObject({ status: 'active' })
  expect(await fleet.readTask('task of alone')).toMatchObject({ session_id: alone.toLowerCase() })
  expect((await hub.ask('GET', `/events?format=json&session_id=${alone}`)).json()).toHaveLength(1)
  expect(await fleet.read(lower)).toMatchObject({ project_id: 'lower' })
  const twin = (await fleet.readTask('task of upper')).session_id
  expect(twin).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect([await fleet.read(twin), (await fleet.ok<object[]>('GET', '/sessions')).length]).toMatchObject([{ project_id: 'upper' }, 3])
})
