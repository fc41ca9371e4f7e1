import { expect, test } from 'vitest'
import { readLimitSearch } from './limit-search.ts'

test('a valid range is kept, anything else is dropped', () => {
  expect(readLimitSearch({ range: '400d', other: '1' })).toEqual({ range: '400d' })
  expect(readLimitSearch({ range: 'fortnight' })).toEqual({})
  expect(readLimitSearch({})).toEqual({})
  expect(readLimitSearch({ range: '5h', account: 'ben' })).toEqual({ range: '5h', account: 'ben' })
  for (const account of ['', 7, 'x'.repeat(201)]) expect(readLimitSearch({ account })).toEqual({})
})
