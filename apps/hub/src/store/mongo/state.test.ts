import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe } from 'vitest'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { openHub } from '../../../test/open-hub.ts'
import { stateSuite } from '../../routes/state.suite.ts'
import { openMongoStore } from './open.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

describe('state on MongoDB', () => {
  stateSuite(
    async (options) => openHub({ ...options, store: await openMongoStore({ uri: await databaseForStore(), prices: defaultPriceTable() }) }),
    // Each check of the heartbeats takes a while here, and one hub that checks by itself is tested on SQLite.
    { runs: 3, how: ['by one of two', 'once a minute'] },
  )
})
