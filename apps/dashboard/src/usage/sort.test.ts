import { expect, test } from 'vitest'
import type { UsageRow } from '../hub/answer.ts'
import { readSort, sortRows, writeSort } from './sort.ts'

function row(model: string, cost: number | null, write = 0): UsageRow {
  const sums = {
    calls: 1,
    input: 0,
    output: 0,
    write_5m: write,
    write_1h: write,
    read: 0,
    total_tokens: 0,
    cost_usd: cost,
    unpriced_calls: 0,
    unfinished_calls: 0,
    odd_calls: 0,
  }
  return { model, ...sums, models: [] }
}

const names = (rows: UsageRow[]) => rows.map(({ model }) => model)

test('an unknown cost is last in both directions', () => {
  const rows = [row('a', 1), row('b', null), row('c', 3)]
  expect(names(sortRows(rows, 'model', { column: 'cost_usd', descending: true }))).toEqual(['c', 'a', 'b'])
  expect(names(sortRows(rows, 'model', { column: 'cost_usd', descending: false }))).toEqual(['a', 'c', 'b'])
})

test('equal rows are sorted by name, and the input is not changed', () => {
  const rows = [row('b', 1), row('a', 1)]
  expect(names(sortRows(rows, 'model', { column: 'cost_usd', descending: true }))).toEqual(['a', 'b'])
  expect(names(rows)).toEqual(['b', 'a'])
})

test('both kinds of cache writes are one column', () => {
  expect(names(sortRows([row('a', 0, 1), row('b', 0, 2)], 'model', { column: 'write', descending: true }))).toEqual(['b', 'a'])
})

test('a written sort order is read back, and an invalid one is the fallback', () => {
  const fallback = { column: 'name', descending: false } as const
  expect(readSort(writeSort({ column: 'read', descending: true }), fallback)).toEqual({ column: 'read', descending: true })
  expect(readSort('-mood', fallback)).toBe(fallback)
  expect(readSort(undefined, fallback)).toBe(fallback)
})
