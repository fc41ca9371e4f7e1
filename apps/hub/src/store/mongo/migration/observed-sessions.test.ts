import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { fleetOf } from '../../../../test/fleet.ts'
import { openHub } from '../../../../test/open-hub.ts'
import { Connection } from '../connection.ts'
import { openMongoStore } from '../open.ts'
import { keysEventsUsage } from './001-keys-events-usage.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'
import { monitorEvents } from './004-monitor-events.ts'
import { migrate } from './migrate.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

it('sessions and machines of the version before go on, and may be observed', async () => {
  const uri = await freshDatabase()
  const hub = await openHub({ store: await openMongoStore({ uri, prices: defaultPriceTable() }) })
  const { session_id: id } = await fleetOf(hub).session({ machine_id: 'm' })
  // As the version before has left them.
  const connection = await Connection.open(uri)
  const added = ['not_seen_since', 'process_seen_at', 'claude_code', 'observed']
  const unset = Object.fromEntries(added.map((name) => [`session.${name}`, '' as const]))
  await connection.collection('session').updateMany({}, { $unset: unset })
  await connection.collection('machine').updateMany({}, { $unset: { 'machine.collector': '' as const } })
  await connection.collection<{ _id: string }>('meta').deleteOne({ _id: 'version' })
  await migrate(connection, [keysEventsUsage, state, limits, monitorEvents])
  await connection.close()
  const fleet = fleetOf(await openHub({ store: await openMongoStore({ uri, prices: defaultPriceTable() }) }))
  const before = await fleet.read(id)
  expect([before.status, before.claude_code, before.not_seen_since]).toEqual(['active', undefined, undefined])
  expect((await fleet.readMachine('m')).collector).toBeUndefined()
  const observation = { observation_id: 'a', session_id: id, source: 'hook', at: '2026-10-06T09:11:00.000Z', fields: { name: 'n' } }
  await fleet.ok('POST', '/sessions/observations', { machine_id: 'm', observations: [observation] })
  expect((await fleet.read(id)).claude_code?.name).toBe('n')
})
