import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, vi } from 'vitest'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { openHub } from '../../test/open-hub.ts'
import { openMongoStore } from '../store/mongo/open.ts'
import { limitRoutesSuite } from './limits.suite.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
// FerretDB reads whole collections for most questions.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 })

describe('plan limits on SQLite', () => {
  limitRoutesSuite(openHub)
})

describe('plan limits on MongoDB', () => {
  limitRoutesSuite(async (options, onClose) =>
    openHub({ ...options, store: await openMongoStore({ uri: await databaseForStore(onClose), prices: defaultPriceTable() }) }, onClose),
  )
})
