import { expect, test } from 'vitest'
import type { UsageReport, UsageSums } from '../hub/answer.ts'
import { buildStack } from './stack.ts'

function sums(tokens: number, cost: number | null): UsageSums {
  return {
    calls: 1,
    input: 0,
    output: tokens,
    write_5m: 0,
    write_1h: 0,
    read: 0,
    total_tokens: tokens,
    cost_usd: cost,
    unpriced_calls: cost === null ? 1 : 0,
    unfinished_calls: 0,
    odd_calls: 0,
  }
}

/** A report of days and models, each with tokens and cost; the totals are their sums. */
function reportOf(days: Record<string, Record<string, [number, number | null]>>): UsageReport {
  const all: Record<string, [number, number | null]> = {}
  const rows = Object.entries(days).map(([day, models]) => {
    const parts = Object.entries(models).map(([model, [tokens, cost]]) => {
      const [known, money] = all[model] ?? [0, null]
      all[model] = [known + tokens, cost === null ? money : (money ?? 0) + cost]
      return { model, ...sums(tokens, cost) }
    })
    const priced = parts.filter((part) => part.cost_usd !== null)
    const whole = sums(
      parts.reduce((total, part) => total + part.total_tokens, 0),
      priced.length === 0 ? null : priced.reduce((total, part) => total + (part.cost_usd ?? 0), 0),
    )
    return { day, ...whole, unpriced_calls: parts.length - priced.length, models: parts }
  })
  const models = Object.entries(all).map(([model, [tokens, cost]]) => ({ model, ...sums(tokens, cost) }))
  return {
    group: 'day',
    timezone: 'UTC',
    rows,
    totals: { ...sums(0, 0), models },
    unpriced: [],
    price_table: { version: '1', date: '2026-11-09' },
  }
}

const buckets = ['2026-11-08', '2026-11-09', '2026-11-10']

test('each model is a series over all buckets, largest first, and days without calls are zero', () => {
  const report = reportOf({ '2026-11-08': { small: [10, 1], large: [20, 5] }, '2026-11-10': { small: [30, 2] } })
  const { series, totals } = buildStack(report, buckets, 'day', 'model', 'cost')
  expect(series).toMatchObject([
    { key: 'large', names: 1, values: [5, 0, 0], total: 5 },
    { key: 'small', names: 1, values: [1, 0, 2], total: 3 },
  ])
  expect(totals).toEqual([6, 0, 2])
})

test('a cost without a price is unknown, never zero, and its bucket is marked', () => {
  const report = reportOf({ '2026-11-09': { odd: [10, null], known: [5, 2] } })
  const { series, unpriced } = buildStack(report, buckets, 'day', 'model', 'cost')
  expect(series.map(({ key, values, total }) => [key, values[1], total])).toEqual([
    ['known', 2, 2],
    ['odd', null, null],
  ])
  expect(unpriced).toEqual([false, true, false])
  expect(buildStack(report, buckets, 'day', 'model', 'tokens').unpriced).toEqual([false, false, false])
})

test('names beyond the colours are one series, and the sums match', () => {
  const models = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`m${index}`, [100 - index, 12 - index] as [number, number]]))
  const { series, totals } = buildStack(reportOf({ '2026-11-09': models }), buckets, 'day', 'model', 'tokens', 7)
  expect(series).toHaveLength(8)
  expect(series.at(-1)).toMatchObject({ key: undefined, names: 5 })
  expect(series.reduce((whole, { values }) => whole + (values[1] ?? 0), 0)).toBe(totals[1])
})

test('a single remaining name is shown by its name', () => {
  const models = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`m${index}`, [100 - index, 1] as [number, number]]))
  const { series } = buildStack(reportOf({ '2026-11-09': models }), buckets, 'day', 'model', 'tokens', 7)
  expect(series.map(({ key }) => key)).not.toContain(undefined)
})

test('what is estimated of a bucket is apart from its total, and of no call', () => {
  const report = reportOf({ '2026-11-09': { opus: [1_000, 2] } })
  const estimated = { ...report, rows: report.rows.map((row) => ({ ...row, estimated_output: 300, estimated_cost_usd: 0.5 })) }
  const estimates = (measure: 'cost' | 'tokens' | 'calls') => buildStack(estimated, buckets, 'day', 'model', measure).estimates
  expect(estimates('tokens')).toEqual([0, 300, 0])
  expect(estimates('cost')).toEqual([0, 0.5, 0])
  expect(estimates('calls')).toEqual([0, 0, 0])
  expect(buildStack(estimated, buckets, 'day', 'model', 'tokens').totals).toEqual([0, 1_000, 0])
  const unpriced = { ...estimated, rows: estimated.rows.map((row) => ({ ...row, estimated_cost_usd: null })) }
  expect(buildStack(unpriced, buckets, 'day', 'model', 'cost').estimates).toEqual([0, 0, 0])
})

test('sums with an unfinished call or an odd number are at least what is shown, counts of calls are exact', () => {
  const report = reportOf({ '2026-11-08': { a: [10, 1] }, '2026-11-09': { a: [10, 1], b: [5, 1] }, '2026-11-10': { b: [5, 1] } })
  const [, second, third] = report.rows
  const unfinished = { unfinished_calls: 1 }
  Object.assign(second!, unfinished)
  Object.assign(second!.models[0]!, unfinished)
  Object.assign(third!, { ...unfinished, is_whole: true })
  Object.assign(report.totals, unfinished)
  Object.assign(report.totals.models[0]!, unfinished)
  const { atLeast, totalAtLeast, series } = buildStack(report, buckets, 'day', 'model', 'cost')
  const doubt = expect.stringMatching(/^at least: 1 call never got/)
  expect(atLeast).toEqual([undefined, doubt, undefined])
  expect(totalAtLeast).toEqual(doubt)
  expect(series.map((one) => [one.key, one.totalAtLeast, one.atLeast])).toEqual([
    ['a', doubt, [undefined, doubt, undefined]],
    ['b', undefined, [undefined, undefined, undefined]],
  ])
  const others = buildStack(report, buckets, 'day', 'model', 'tokens', 0).series
  expect(others).toMatchObject([{ key: undefined, totalAtLeast: doubt, atLeast: [undefined, doubt, undefined] }])
  const calls = buildStack(report, buckets, 'day', 'model', 'calls')
  expect([calls.totalAtLeast, ...calls.atLeast]).toEqual([undefined, undefined, undefined, undefined])
})
