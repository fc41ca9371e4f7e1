import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { Connection } from '../connection.ts'
import { openMongoStore } from '../open.ts'
import { keysEventsUsage } from './001-keys-events-usage.ts'
import { state } from './002-state.ts'
import { limits } from './003-limits.ts'
import { migrate } from './migrate.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

it('a store of the version before has its monitor events under their new names, and keeps the others', async () => {
  const uri = await freshDatabase()
  const connection = await Connection.open(uri)
  await migrate(connection, [keysEventsUsage, state, limits])
  const data = { alert_id: 'a', about: 'hub', kind: 'monitor_paused', reason: 'The hub was started', until: '2026-10-06T09:22:00.000Z' }
  await connection.collection<{ _id: number }>('event').insertMany(
    ['alert.opened', 'usage.updated', 'alert.closed'].map((event, index) => ({
      _id: index + 1,
      cause: `${event}/a`,
      event,
      at: 1_000,
      data: JSON.stringify(data),
    })),
  )
  await connection.close()
  const store = await openMongoStore({ uri, prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  expect((await store.events.latest({ limit: 9 })).map(({ id, event }) => [id, event])).toEqual([
    [1, 'monitor.paused'],
    [2, 'usage.updated'],
    [3, 'monitor.resumed'],
  ])
  expect(await store.events.page({ types: ['monitor.paused'], after: 0, limit: 9 })).toMatchObject([{ id: 1, data }])
})
