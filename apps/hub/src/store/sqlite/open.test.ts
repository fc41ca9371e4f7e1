import { defaultPriceTable } from '@signalbox/usage/price-table'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../../test/support/temp.ts'
import { rowLimits } from '../row-limits.ts'
import { storeSuite } from '../store.suite.ts'
import { openSqliteStore } from './open.ts'

describe('the SQLite store', () => {
  storeSuite(
    async () => {
      const store = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
      onTestFinished(() => store.close())
      return store
    },
    { runs: 25, rowLimits },
  )

  it('keeps its id, which differs from that of any other store', async () => {
    const [folder, prices] = [tempFolder(), defaultPriceTable()]
    const first = openSqliteStore({ folder, prices })
    await first.close()
    const again = openSqliteStore({ folder, prices })
    expect(again.id).toBe(first.id)
    await again.close()
    const other = openSqliteStore({ folder: tempFolder(), prices })
    expect(other.id).not.toBe(first.id)
    await other.close()
  })
})
