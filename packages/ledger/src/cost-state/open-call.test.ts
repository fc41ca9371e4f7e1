import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, test } from 'vitest'
import { costState, recordedSums, type SomeSums } from './cost-state.fixture.ts'
import type { SessionCall } from './not-itemised.ts'
import { countOpenCalls, placeOfCall } from './open-call.ts'
import type { RecordedRun } from './recorded-runs.ts'

const table = defaultPriceTable()
const opus = 'claude-opus-5-5'
const nothing = { input: 0, write_5m: 0, write_1h: 0, read: 0, web_searches: undefined }
const call = (change: Partial<SessionCall>): SessionCall => {
  return { ...nothing, at: 5, model: opus, is_sidechain: true, unfinished: true, version: '2.1.306', output: 1, ...change }
}
const run = (models: Record<string, SomeSums>, from = 0, to = 10): RecordedRun => {
  return {
    from,
    to,
    line: costState({ models }),
    sums: new Map(Object.entries(models).map(([model, sums]) => [model, recordedSums(sums)])),
  }
}

test('a call without a final row is open unless a run has recorded what it lacks', () => {
  const recorded = [run({ [`${opus}[1m]`]: { output: 12_000 } })]
  expect(countOpenCalls([call({}), call({ output: 700 })], recorded, table)).toBe(0)
  expect(countOpenCalls([call({ unfinished: false, at: 20 })], recorded, table)).toBe(0)
  // Of a killed process, of a session without a record, and of a model that is not in it.
  expect(countOpenCalls([call({}), call({ at: 20 })], recorded, table)).toBe(1)
  expect(countOpenCalls([call({}), call({})], [], table)).toBe(2)
  expect(countOpenCalls([call({ model: 'claude-haiku-4-5' }), call({})], recorded, table)).toBe(1)
  // The record has less than the rows, so it cannot have what this one lacks.
  expect(countOpenCalls([call({}), call({ unfinished: false, output: 13_000 })], recorded, table)).toBe(1)
})

test('an interrupted answer is in no record of an old version', () => {
  const recorded = [run({ [opus]: { output: 12_000 } })]
  const interrupted = call({ is_sidechain: false })
  expect(placeOfCall(interrupted, recorded)).toBe('interrupted')
  expect(placeOfCall(call({}), recorded)).toBe('recorded')
  expect(placeOfCall(call({ at: 10 }), recorded)).toBe('killed')
  expect(countOpenCalls([interrupted], recorded, table)).toBe(1)
  expect(countOpenCalls([{ ...interrupted, version: '2.1.326' }], recorded, table)).toBe(0)
})
