import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readUsageSearch } from './usage-search.ts'

test('an address that says everything is read as it is', () => {
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

test('what makes no sense is left out, and the rest still holds', () => {
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

test('a range that ends before it begins has no end', () => {
  expect(readUsageSearch({ since: '2026-11-09', until: '2026-11-01' })).toEqual({ since: '2026-11-09' })
})

test('no address is a crash, and reading what was read changes nothing', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('range', 'since', 'until', 'zone', 'sort', 'model', 'other'), fc.anything()), (search) => {
      const once = readUsageSearch(search)
      expect(readUsageSearch({ ...once })).toEqual(once)
    }),
  )
})
