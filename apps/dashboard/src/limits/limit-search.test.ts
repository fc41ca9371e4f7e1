import { expect, test } from 'vitest'
import { readLimitSearch } from './limit-search.ts'

test('a range there is stays, anything else is left out', () => {
  expect(readLimitSearch({ range: '400d', other: '1' })).toEqual({ range: '400d' })
  expect(readLimitSearch({ range: 'fortnight' })).toEqual({})
  expect(readLimitSearch({})).toEqual({})
})
