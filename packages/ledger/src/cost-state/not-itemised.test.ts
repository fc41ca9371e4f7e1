import { tokenClasses } from '@signalbox/usage/call'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { describe, expect, test } from 'vitest'
import { recordedSums, type SomeSums } from './cost-state.fixture.ts'
import { findHourWrites } from './hour-writes.ts'
import { compareRun, type SessionCall } from './not-itemised.ts'

const AT = Date.UTC(2026, 10, 20, 10)
const table = defaultPriceTable()

function call(some: Partial<SessionCall>): SessionCall {
  const nothing = { input: 0, output: 0, write_5m: 0, write_1h: 0, read: 0, web_searches: undefined }
  return { at: AT, model: 'claude-opus-5-5', is_sidechain: false, unfinished: false, version: '2.1.280', ...nothing, ...some }
}

function find(models: Record<string, SomeSums>, calls: readonly SessionCall[]) {
  const sums = new Map(Object.entries(models).map(([model, some]) => [model, recordedSums(some)]))
  const line = { session: 's', start: 0, duration: 0, at: undefined, models: {} }
  return compareRun({ from: AT, to: AT + 1_000, line, sums }, calls, table, AT)
    .map(({ beyond }) => beyond)
    .filter((one) => one.web_searches > 0 || tokenClasses.some((name) => one[name] > 0))
}

describe('what is recorded beyond the calls', () => {
  test('is a model that no call has, and the classes of tokens of which the calls have less', () => {
    const rows = [call({ input: 10, output: 4, read: 7, web_searches: 1 })]
    const recorded = {
      'claude-opus-5-5': { input: 10, output: 60, read: 7, web_searches: 3 },
      'claude-haiku-4-5-20251001': { input: 5, output: 6, read: 8, write: 9 },
    }
    const nothing = { input: 0, write_5m: 0, write_1h: 0, read: 0 }
    expect(find(recorded, rows)).toEqual([
      { model: 'claude-opus-5-5', ...nothing, output: 56, web_searches: 2 },
      { model: 'claude-haiku-4-5-20251001', input: 5, output: 6, read: 8, write_5m: 9, write_1h: 0, web_searches: 0 },
    ])
  })

  test('is nothing where the calls have all of it, or more', () => {
    expect(find({ 'claude-opus-5-5': { input: 10, output: 60 } }, [call({ input: 10, output: 60 }), call({ input: 3 })])).toEqual([])
  })

  test('has the name of the rows, whatever name was asked for', () => {
    const rows = [call({ model: 'claude-opus-5', output: 1 })]
    expect(find({ 'claude-opus-5[1m]': { output: 10 } }, rows)).toMatchObject([{ model: 'claude-opus-5', output: 9 }])
    const split = { 'claude-opus-5[1m]': { output: 10 }, 'claude-opus-5': { output: 5 } }
    expect(find(split, rows)).toMatchObject([{ model: 'claude-opus-5', output: 14 }])
  })

  test('counts nothing twice where a cloud has a name of its own for a model', () => {
    const rows = [call({ model: 'claude-opus-5', output: 1 }), call({ model: 'claude-haiku-4-5', output: 2 })]
    const recorded = { 'arn:aws:bedrock:eu:1:application-inference-profile/x': { output: 10 }, 'claude-haiku-4-5': { output: 2 } }
    expect(find(recorded, rows)).toMatchObject([{ model: 'claude-opus-5', output: 9 }])
    // Another model of Claude is another model.
    expect(find({ 'claude-sonnet-5': { output: 10 } }, rows)).toMatchObject([{ model: 'claude-sonnet-5', output: 10 }])
  })

  test('leaves out interrupted answers, which older versions have not recorded', () => {
    const rows = (version: string) => [call({ version, input: 11, read: 3_000, output: 1, unfinished: true })]
    const title = { 'claude-opus-5-5': { input: 11, read: 3_000, output: 1_000 } }
    expect(find(title, rows('2.1.325'))).toMatchObject([{ input: 11, read: 3_000, output: 1_000 }])
    expect(find(title, rows('2.1.326'))).toMatchObject([{ input: 0, read: 0, output: 999 }])
    expect(find(title, [call({ input: 11, read: 3_000, output: 1, unfinished: true, is_sidechain: true })])).toMatchObject([{ input: 0 }])
  })

  test('takes only the calls of the run', () => {
    expect(
      find({ 'claude-opus-5-5': { output: 5 } }, [call({ at: AT - 1, output: 5 }), call({ at: AT + 1_000, output: 5 })]),
    ).toMatchObject([{ output: 5 }])
  })
})

describe('cache writes for an hour', () => {
  test('are as the line says, else as its cost says', () => {
    const rows = [call({ write_1h: 20_000, write_5m: 100 })]
    const sums = { input: 10, output: 2_000, write: 30_548 }
    const said = find({ 'claude-opus-5-5': { ...sums, write_1h: 25_000 } }, rows)
    expect(said).toMatchObject([{ write_5m: 5_448, write_1h: 5_000 }])
    // Dollars per million: input 4, output 20, writes 5 and 8.
    const cost_usd = (10 * 4 + 2_000 * 20 + 5_000 * 5 + 25_548 * 8) / 1e6
    expect(find({ 'claude-opus-5-5': { ...sums, cost_usd } }, rows)).toMatchObject([{ write_5m: 4_900, write_1h: 5_548 }])
  })

  test('are none where no split explains the cost', () => {
    const sums = recordedSums({ input: 10, output: 2_000, write: 30_548 })
    for (const cost_usd of [0, 0.0001, 7, 0.2328361]) {
      expect(findHourWrites('claude-opus-5-5', { ...sums, cost_usd }, table, AT), String(cost_usd)).toBeUndefined()
    }
    expect(findHourWrites('a-model-without-a-price', { ...sums, cost_usd: 1 }, table, AT)).toBeUndefined()
  })
})
