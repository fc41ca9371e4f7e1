import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_PATIENCE_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { storeSuite } from '../store.suite.ts'
import { openMongoStore } from './open.ts'

beforeAll(mongoForTests, MONGO_PATIENCE_MS)
// FerretDB reads whole collections for most questions.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 })

describe('the MongoDB store', () => {
  storeSuite(async () => {
    const store = await openMongoStore({ uri: await freshDatabase(), prices: defaultPriceTable() })
    onTestFinished(() => store.close())
    return store
  })

  it('has an id of its own that it keeps', async () => {
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
