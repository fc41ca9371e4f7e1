import fs from 'node:fs'
import path from 'node:path'
import type { Prices } from '@signalbox/contract/price'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openHub } from '../../test/open-hub.ts'

it('lists the prices that the hub computes costs with, in dollars', async () => {
  const shipped = (await (await openHub()).ask('GET', '/api/prices')).json<Prices>()
  expect(shipped).toMatchObject({ is_shipped: true, web_search: 0.01, source: expect.stringContaining('https://') })
  expect(shipped.rows).toContainEqual({
    model: 'claude-opus-5-5',
    from: '2026-09-22',
    input: 4,
    write_5m: 5,
    write_1h: 8,
    read: 0.2,
    output: 20,
  })
  const file = path.join(tempFolder(), 'prices.json')
  const prices = [{ input: 1, write_5m: 2, write_1h: 3, read: 0.5, output: 4 }]
  fs.writeFileSync(file, JSON.stringify({ version: 'own', date: '2026-11-01', web_search: 0.01, models: [{ names: ['mine'], prices }] }))
  const own = (await (await openHub({ env: { PRICE_TABLE: file } })).ask('GET', '/api/prices')).json<Prices>()
  expect(own).toMatchObject({ version: 'own', is_shipped: false, rows: [{ model: 'mine', ...prices[0] }] })
})
