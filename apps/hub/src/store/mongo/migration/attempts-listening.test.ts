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
import { observedSessions } from './005-observed-sessions.ts'
import { invites } from './006-invites.ts'
import { migrate } from './migrate.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

it('recovered and stalled sessions of the version before have their attempt', async () => {
  const uri = await freshDatabase()
  const before = fleetOf(await openHub({ store: await openMongoStore({ uri, prices: defaultPriceTable() }) }))
  const [recovered, stalled, plain] = [await before.session(), await before.session(), await before.session()]
  for (let n = 0; n < 2; n++) {
    await before.ok('POST', `/sessions/${recovered.session_id}/mark-failed`, { reason: 'r' })
    await before.ok('POST', `/sessions/${recovered.session_id}/recover`, {})
  }
  await before.ok('POST', `/sessions/${stalled.session_id}/mark-stalled`, { reason: 'r' })
  const { stalled_since } = await before.read(stalled.session_id)
  // As the version before has left them.
  const connection = await Connection.open(uri)
  const added = ['attempt', 'stalled_at', 'stalled_fail_after_ms']
  await connection.collection('session').updateMany({}, { $unset: Object.fromEntries(added.map((name) => [`session.${name}`, ''])) })
  await connection.collection<{ _id: string }>('meta').deleteOne({ _id: 'version' })
  await migrate(connection, [keysEventsUsage, state, limits, monitorEvents, observedSessions, invites])
  await connection.close()
  const fleet = fleetOf(await openHub({ store: await openMongoStore({ uri, prices: defaultPriceTable() }) }))
  expect(await fleet.read(recovered.session_id)).toMatchObject({ status: 'active', attempt: 3 })
  expect(await fleet.read(stalled.session_id)).toMatchObject({ status: 'stalled', attempt: 1, stalled_since })
  const read = await fleet.read(plain.session_id)
  expect([read.attempt, read.stalled_since]).toEqual([1, undefined])
  await fleet.heartbeat(plain.session_id, { attempt: 1 })
})
