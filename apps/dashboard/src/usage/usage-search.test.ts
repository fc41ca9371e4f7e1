import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readUsageSearch } from './usage-search.ts'

test('a complete query is read unchanged', () => {
  const search = {
    range: '7d',
    step: 'hour',
    split: 'project',
    measure: 'tokens',
    table: 'model',
    sort: '-total_tokens',
    find: 'opus',
    model: 'claude-opus-5',
    project: '/home/ada/engine',
    machine: 'atlas',
    zone: 'Europe/Berlin',
  }
  expect(readUsageSearch(search)).toEqual(search)
})

test('invalid parameters are dropped, the others kept', () => {
  expect(
    readUsageSearch({
      range: 'fortnight',
      since: '2026-02-30',
      split: 'mood',
      sort: '<script>',
      zone: 'Mars/Base',
      model: 'claude-opus-5',
    }),
  ).toEqual({
    model: 'claude-opus-5',
  })
})

test('estimates are in the sums only where the address says so', () => {
  expect(readUsageSearch({ with_estimates: true })).toEqual({ with_estimates: true })
  expect(readUsageSearch({ with_estimates: 'true' })).toEqual({ with_estimates: true })
  expect(readUsageSearch({ with_estimates: false })).toEqual({})
})

test('an end before the start is dropped', () => {
  expect(readUsageSearch({ since: '2026-11-09', until: '2026-11-01' })).toEqual({ since: '2026-11-09' })
})

test('no query throws, and reading is idempotent', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('range', 'since', 'until', 'zone', 'sort', 'model', 'other'), fc.anything()), (search) => {
      const once = readUsageSearch(search)
      expect(readUsageSearch({ ...once })).toEqual(once)
    }),
  )
})
