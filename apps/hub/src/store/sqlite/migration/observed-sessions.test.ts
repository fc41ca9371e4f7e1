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
import { migrate } from './migrate.ts'

it('sessions and machines of the version before go on, and may be observed', async () => {
  const folder = tempFolder()
  const db = new Database(path.join(folder, 'signalbox.db'))
  migrate(db, [keysEventsUsage, state, limits, monitorEvents])
  const id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
  const now = Date.parse('2026-10-06T09:00:00.000Z')
  db.prepare(
    `INSERT INTO session (session_id, project_id, machine_id, status, last_heartbeat, due_at, started_at, created_at, updated_at, revision, metadata, history)
     VALUES (?, 'p', 'm', 'active', ?, ?, ?, ?, ?, 1, '{}', '{"transitions":[]}')`,
  ).run(id, now, now + 300_000, now, now, now)
  db.prepare(
    `INSERT INTO machine (machine_id, hostname, docker_slots, status, last_heartbeat, due_at, implicit, created_at, updated_at, revision, metadata)
     VALUES ('m', 'm', '[]', 'online', ?, ?, 1, ?, ?, 1, '{}')`,
  ).run(now, now + 600_000, now, now)
  db.close()
  const fleet = fleetOf(await openHub({ store: openSqliteStore({ folder, prices: defaultPriceTable() }) }))
  const before = await fleet.read(id)
  expect([before.status, before.claude_code, before.not_seen_since]).toEqual(['active', undefined, undefined])
  await fleet.heartbeat(id, { activity: 'working' })
  const observation = { observation_id: 'a', session_id: id, source: 'hook', at: '2026-10-06T09:11:00.000Z', fields: { name: 'n' } }
  await fleet.ok('POST', '/sessions/observations', { machine_id: 'm', observations: [observation] })
  expect(await fleet.read(id)).toMatchObject({ project_id: 'p', activity: 'working', claude_code: { name: 'n' } })
  const collector = { heartbeat_interval_ms: 15_000, version: '1', started_at: '2026-10-06T08:00:00.000Z', state: 'idle', sessions: [id] }
  expect(await fleet.ok('POST', '/machines/m/collector', collector)).toMatchObject({ unknown_sessions: [], missing_sessions: [] })
})
