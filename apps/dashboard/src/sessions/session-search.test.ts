import { expect, test } from 'vitest'
import { readSessionSearch } from './session-search.ts'

test('an address says what is shown; what makes no sense in it is left out', () => {
  expect(readSessionSearch({ status: 'person', machine: 'atlas', project: '/home/ada/engine' })).toEqual({
    status: 'person',
    machine: 'atlas',
    project: '/home/ada/engine',
  })
  expect(readSessionSearch({ status: 'sleepy', machine: '', project: 7, range: '7d' })).toEqual({})
})
