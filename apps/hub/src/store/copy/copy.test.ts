import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, onTestFinished, vi } from 'vitest'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { openMongoStore } from '../mongo/open.ts'
import { openSqliteStore } from '../sqlite/open.ts'
import type { Store } from '../store.ts'
import { copySuite } from './copy.suite.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
// FerretDB scans whole collections for most queries.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 })

const prices = defaultPriceTable()
const stores: Record<string, () => Promise<Store>> = {
  SQLite: async () => closed(openSqliteStore({ folder: tempFolder(), prices })),
  MongoDB: async () => closed(await openMongoStore({ uri: await databaseForStore(), prices })),
}

describe.each(Object.keys(stores))('a copy from %s', (from) => {
  describe.each(Object.keys(stores))('to %s', (to) => {
    copySuite(stores[from]!, stores[to]!)
  })
})

function closed(store: Store): Store {
  onTestFinished(() => store.close())
  return store
}
