import { expect, test } from 'vitest'
import type { UsageRow } from '../hub/usage.ts'
import { addDays } from './calendar.ts'
import { findUnusualDays } from './unusual-days.ts'

/** Days from October 1 on, with the cost of two projects each. */
const rows = (costs: readonly (readonly [shop: number, docs: number])[]) =>
  costs.map(
    ([shop, docs], index) =>
      ({
        day: addDays('2026-10-01', index),
        cost_usd: shop + docs,
        splits: [
          { name: 'shop', cost_usd: shop },
          { name: 'docs', cost_usd: docs },
        ],
      }) as UsageRow,
  )
const usual = Array.from({ length: 10 }, (_, day) => [8 + (day % 3), 2] as const)

test('a day far above the days before is unusual, with the project that made it so', () => {
  expect(findUnusualDays(rows([...usual, [9, 80]]), '2026-10-05')).toEqual([
    { day: '2026-10-11', costUsd: 89, usualUsd: 11, cause: { name: 'docs', costUsd: 80, usualUsd: 2 } },
  ])
})

test('usual days, days before the period and the first week of usage are not', () => {
  expect(findUnusualDays(rows([...usual, [14, 4]]), '2026-10-05')).toEqual([])
  expect(findUnusualDays(rows([...usual, [9, 80], [9, 2]]), '2026-10-12')).toEqual([])
  expect(findUnusualDays(rows([...usual.slice(0, 6), [9, 80]]), '2026-10-01')).toEqual([])
})
