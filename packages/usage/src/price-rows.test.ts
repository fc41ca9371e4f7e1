import { expect, test } from 'vitest'
import { priceRows } from './price-rows.ts'
import { parsePriceTable } from './price-table.ts'

const price = (input: number) => ({ input, write_5m: 1, write_1h: 2, read: 0.1, output: 10 })

test('a model has a row for each period and each length of prompts that has prices of its own', () => {
  const table = parsePriceTable({
    version: '1',
    date: '2026-11-21',
    web_search: 0.01,
    models: [
      {
        names: ['one'],
        prices: [
          { ...price(1), above: [{ prompt: 200_000, ...price(2) }] },
          { from: '2026-03-13', ...price(1) },
        ],
      },
      { names: ['two'], prices: [{ from: '2026-10-07', ...price(3), above: [{ prompt: 100_000, ...price(4) }] }] },
    ],
  })
  expect(priceRows(table).map(({ prices, ...row }) => ({ ...row, input: prices.input / 1e6 }))).toEqual([
    { model: 'one', up_to: 200_000, input: 1 },
    { model: 'one', over: 200_000, input: 2 },
    { model: 'one', from: '2026-03-13', input: 1 },
    { model: 'two', from: '2026-10-07', up_to: 100_000, input: 3 },
    { model: 'two', from: '2026-10-07', over: 100_000, input: 4 },
  ])
})
