import { expect, test } from 'vitest'
import type { UsageReport, UsageSums } from '../hub/answer.ts'
import { summarizeToday } from './today-summary.ts'

function sums(calls: number, tokens: number, cost: number | null): UsageSums {
  return {
    calls,
    input: 0,
    output: tokens,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    total_tokens: tokens,
    cost_usd: cost,
    unpriced_calls: cost === null ? calls : 0,
    unfinished_calls: 0,
    odd_calls: 0,
  }
}

function report(rows: UsageReport['rows'], totals: UsageReport['totals']): UsageReport {
  return { group: 'hour', timezone: 'UTC', rows, totals, unpriced: [], price_table: { version: '1', date: '2026-11-09' } }
}

test('a day without calls has no leader', () => {
  expect(summarizeToday(report([], { ...sums(0, 0, null), models: [] }))).toMatchObject({
    calls: 0,
    leader: undefined,
  })
})

test('the leader is the most expensive model, even if another has more tokens', () => {
  const models = [
    { model: 'claude-haiku-4-5', ...sums(5, 9_000, 1) },
    { model: 'claude-opus-5', ...sums(2, 1_000, 3) },
  ]
  const rows = [
    { hour: '2026-11-09T08:00:00.000Z', ...sums(5, 9_000, 1), models: [] },
    { hour: '2026-11-09T09:00:00.000Z', ...sums(2, 1_000, 3), models: [] },
  ]
  expect(summarizeToday(report(rows, { ...sums(7, 10_000, 4), models }))).toMatchObject({
    leader: { model: 'claude-opus-5', share: 0.75 },
  })
})

test('without prices, tokens decide', () => {
  const models = [{ model: 'gpt-9', ...sums(1, 10, null) }]
  expect(
    summarizeToday(report([{ hour: '2026-11-09T08:00:00.000Z', ...sums(1, 10, null), models }], { ...sums(1, 10, null), models })),
  ).toMatchObject({
    cost: null,
    unpricedCalls: 1,
    leader: { model: 'gpt-9', share: 1 },
  })
})
