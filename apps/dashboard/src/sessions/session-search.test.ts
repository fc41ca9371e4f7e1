import { expect, test } from 'vitest'
import { readSessionSearch } from './session-search.ts'

test('valid query parameters are kept, invalid ones are dropped', () => {
  expect(readSessionSearch({ status: 'attention', machine: 'atlas', project: '/home/ada/engine' })).toEqual({
    status: 'attention',
    machine: 'atlas',
    project: '/home/ada/engine',
  })
  expect(readSessionSearch({ status: 'sleepy', machine: '', project: 7, range: '7d' })).toEqual({})
})

test('a link with the former name of the attention filter still opens it', () => {
  expect(readSessionSearch({ status: 'person' })).toEqual({ status: 'attention' })
})
