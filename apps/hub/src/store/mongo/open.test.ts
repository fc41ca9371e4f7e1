import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { databaseForStore, freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { storeSuite } from '../store.suite.ts'
import { openMongoStore } from './open.ts'

const rowLimits = { signIns: 20, auditEntries: 1_000, refusedEntries: 200 }

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
// FerretDB scans whole collections for most queries.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 })

describe('the MongoDB store', () => {
  storeSuite(
    async () => {
      const store = await openMongoStore({ uri: await databaseForStore(), prices: defaultPriceTable(), rowLimits })
      onTestFinished(() => store.close())
      return store
    },
    { runs: 10, rowLimits },
  )

  it('keeps its id, which differs from that of any other store', async () => {
    const [uri, prices] = [await freshDatabase(), defaultPriceTable()]
    const [first, second] = await Promise.all([openMongoStore({ uri, prices }), openMongoStore({ uri, prices })])
    expect(second.id).toBe(first.id)
    await Promise.all([first.close(), second.close()])
    const again = await openMongoStore({ uri, prices })
    expect(again.id).toBe(first.id)
    await again.close()
    const other = await openMongoStore({ uri: await freshDatabase(), prices })
    expect(other.id).not.toBe(first.id)
    await other.close()
  })
})
