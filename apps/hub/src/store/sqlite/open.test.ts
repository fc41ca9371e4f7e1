import { defaultPriceTable } from '@signalbox/usage/price-table'
import { describe, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { storeSuite } from '../store.suite.ts'
import { openSqliteStore } from './open.ts'

describe('the SQLite store', () => {
  storeSuite(async () => {
    const store = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
    onTestFinished(() => store.close())
    return store
  })
})
