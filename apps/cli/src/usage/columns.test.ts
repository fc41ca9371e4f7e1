import { zoneClock } from '@signalbox/usage/zone'
import { expect, test } from 'vitest'
import { columnsOf, formatCost, type UsageLine } from './columns.ts'

const sums = {
  calls: 1,
  input: 1,
  output: 1,
  write_5m: 0,
  write_1h: 0,
  read: 0,
  total_tokens: 2,
  cost_usd: 0.001,
  unpriced_calls: 0,
  unfinished_calls: 0,
  odd_calls: 0,
}

test('a cost of less than a cent that may be more is at least nothing', () => {
  expect(formatCost(sums)).toBe('<$0.01')
  expect(formatCost({ ...sums, unfinished_calls: 1 })).toBe('≥$0.00')
  expect(formatCost({ ...sums, unpriced_calls: 1, cost_usd: 2 })).toBe('≥$2.00')
})

test('a model with calls and what is not itemised of it is named once', () => {
  const models = [
    { ...sums, model: 'claude-opus-5-5' },
    { ...sums, model: 'claude-opus-5-5', not_itemised: true as const },
  ]
  const line: UsageLine = { ...sums, models }
  const column = columnsOf('day', { clock: zoneClock('UTC'), home: '/home/u' }).find(({ title }) => title === 'Models')
  expect(column?.cell(line, false)).toBe('opus-5-5')
})
