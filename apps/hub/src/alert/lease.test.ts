import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { TestClock } from '../../test/open-hub.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import { LEASE_TTL_MS, Lease } from './lease.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

it('one of several hubs works; another one goes on when it stops, or has not been there for ten seconds', async () => {
  const store = await openMongoStore({ uri: await databaseForStore(), prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  const clock = new TestClock()
  const [a, b] = [new Lease(store.alerts, clock, 'a'), new Lease(store.alerts, clock, 'b')]
  expect([await a.hold(), await b.hold()]).toEqual([undefined, clock.now() + LEASE_TTL_MS])
  clock.pass(6_000)
  expect([await a.hold(), await b.hold()]).toEqual([undefined, clock.now() + LEASE_TTL_MS])
  clock.pass(LEASE_TTL_MS + 1)
  expect(await b.hold()).toBeUndefined()
  expect(await a.hold()).toBeDefined()
  await b.release()
  expect(await a.hold()).toBeUndefined()
  // A clock that is set back by an hour does not keep the others out for an hour.
  clock.set(-3_600_000)
  expect(await b.hold()).toBeUndefined()
})
