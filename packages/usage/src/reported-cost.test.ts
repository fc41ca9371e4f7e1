import { expect, test } from 'vitest'
import { defaultPriceTable } from './price-table.ts'
import { type ReportedCall, readReportedCost } from './reported-cost.ts'

const table = defaultPriceTable()

/** A call as Claude Code 2.1.200 reported it: 120 writes for five minutes, 130 for an hour. */
const old: ReportedCall = {
  model: 'claude-opus-4-8',
  at: Date.parse('2026-11-30T10:49:04.823Z'),
  input: 11,
  output: 40,
  read: 3_000,
  writes: 250,
  write_1h: undefined,
  askedFast: false,
  maySearch: false,
  cost_usd: 0.004605,
}
/** As 2.1.332 reported it. */
const recent: ReportedCall = { ...old, model: 'claude-opus-5-5', write_1h: 130, cost_usd: 0.003084 }

test('the cache writes of either kind are those that explain the cost, where a version sends only their sum', () => {
  expect(readReportedCost(table, old)).toEqual({ write_5m: 120, write_1h: 130, speed: 'standard' })
  const allForHour = { ...old, output: 55, writes: 999, cost_usd: 0.012920000000000001 }
  expect(readReportedCost(table, allForHour)).toEqual({ write_5m: 0, write_1h: 999, speed: 'standard' })
  const allForMinutes = { ...old, output: 777, cost_usd: 0.022542500000000004 }
  expect(readReportedCost(table, allForMinutes)).toEqual({ write_5m: 250, write_1h: 0, speed: 'standard' })
})

test('every split of every model is found again from its cost', () => {
  for (const model of [
    'claude-opus-4-8',
    'claude-opus-5-5',
    'claude-sonnet-4-6',
    'claude-haiku-4-5',
    'claude-haiku-5-5',
    'claude-opus-4-1',
  ]) {
    for (const write_1h of [0, 1, 7, 9_999, 10_000]) {
      const price = table.models.get(model)!.periods.findLast(({ from }) => from <= old.at)!.bands[0]!
      const dollars = (tokens: number, each: number) => (tokens / 1_000_000) * (each / 1_000_000)
      const cost_usd =
        dollars(old.input, price.input) +
        dollars(old.output, price.output) +
        dollars(old.read, price.read) +
        dollars(10_000 - write_1h, price.write_5m) +
        dollars(write_1h, price.write_1h)
      const found = readReportedCost(table, { ...old, model, writes: 10_000, cost_usd })
      expect([model, found]).toEqual([model, { write_5m: 10_000 - write_1h, write_1h, speed: 'standard' }])
    }
  }
})

test('fast mode counts as it was served, not as it was asked for', () => {
  const fast = { ...old, askedFast: true, cost_usd: 0.008235 }
  expect(readReportedCost(table, fast)).toEqual({ write_5m: 250, write_1h: 0, speed: 'fast' })
  expect(readReportedCost(table, { ...fast, cost_usd: 0.0041175 })).toEqual({ write_5m: 250, write_1h: 0, speed: 'standard' })
  expect(readReportedCost(table, { ...recent, write_1h: 0, askedFast: true, cost_usd: 0.005388 }).speed).toBe('fast')
})

test('inference in the US is found where both kinds of writes are known', () => {
  const inUs = { ...recent, write_1h: 0, cost_usd: 0.0029634000000000006 }
  expect(readReportedCost(table, inUs)).toEqual({ write_5m: 250, write_1h: 0, speed: 'standard', inference_geo: 'us' })
})

test('web searches are found in the calls that may search', () => {
  const search = { ...recent, write_1h: 0, maySearch: true, cost_usd: 0.002694 + 0.02 }
  expect(readReportedCost(table, search)).toEqual({ write_5m: 250, write_1h: 0, speed: 'standard', web_searches: 2 })
  expect(readReportedCost(table, { ...search, maySearch: false })).not.toHaveProperty('web_searches')
  expect(readReportedCost(table, { ...old, maySearch: true, cost_usd: 0.004605 + 0.01 })).toMatchObject({ write_1h: 130, web_searches: 1 })
})

test('what has no explanation, or two, stays as it was reported, with all writes for five minutes', () => {
  const asReported = { write_5m: 250, write_1h: 0, speed: 'standard' }
  // Contracted prices; no cost; a model without a price; more than the writes explain.
  expect(readReportedCost(table, { ...old, cost_usd: 0.0039 })).toEqual(asReported)
  expect(readReportedCost(table, { ...old, cost_usd: undefined })).toEqual(asReported)
  expect(readReportedCost(table, { ...old, model: 'a-model-of-tomorrow' })).toEqual(asReported)
  expect(readReportedCost(table, { ...old, cost_usd: 5 })).toEqual(asReported)
  expect(readReportedCost(table, { ...recent, cost_usd: 0.026694 })).toEqual({ write_5m: 120, write_1h: 130, speed: 'standard' })
  // Three searches cost as much as 8,000 writes for an hour instead of five minutes.
  const twoWays = { ...old, writes: 20_000, maySearch: true, cost_usd: 0.002555 + 0.125 + 0.03 }
  expect(readReportedCost(table, twoWays)).toEqual({ write_5m: 20_000, write_1h: 0, speed: 'standard' })
})
