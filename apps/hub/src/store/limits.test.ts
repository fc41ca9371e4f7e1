import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, onTestFinished, vi } from 'vitest'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { limitsSuite } from './limits.suite.ts'
import { openMongoStore } from './mongo/open.ts'
import { openSqliteStore } from './sqlite/open.ts'
import type { Store } from './store.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
// FerretDB scans whole collections for most queries.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 })

const prices = defaultPriceTable()

describe('limits in SQLite', () => {
  limitsSuite(async () => closed(openSqliteStore({ folder: tempFolder(), prices })), { runs: 12 })
})

describe('limits in MongoDB', () => {
  limitsSuite(async () => closed(await openMongoStore({ uri: await databaseForStore(), prices })), { runs: 3 })
})

function closed(store: Store): Store {
  onTestFinished(() => store.close())
  return store
}
