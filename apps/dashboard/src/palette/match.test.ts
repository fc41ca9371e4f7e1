import { expect, test } from 'vitest'
import { findBest, scoreOf } from './match.ts'

const entries = [
  { name: 'Sessions' },
  { name: 'ticket-machine', words: 'fix the till · rack-1' },
  { name: 'Machines' },
  { name: 'rack-1', words: 'machine' },
  { name: 'Settings' },
]
const names = (typed: string) => findBest(entries, typed, 9).map(({ name }) => name)

test('the beginning of a name comes before the middle, a name before other words', () => {
  expect(names('mach')).toEqual(['Machines', 'ticket-machine', 'rack-1'])
  expect(names('rack')).toEqual(['rack-1', 'ticket-machine'])
})

test('of several that begin with it the shortest is first', () => {
  const found = findBest([{ name: 'rack-1/timetable-api' }, { name: 'rack-1' }], 'rack', 9)
  expect(found.map(({ name }) => name)).toEqual(['rack-1', 'rack-1/timetable-api'])
})

test('every word has to be found, in any order and case', () => {
  expect(names('TILL ticket')).toEqual(['ticket-machine'])
  expect(names('till nowhere')).toEqual([])
})

test('letters in their order are enough, for three or more', () => {
  expect(names('tkmc')).toEqual(['ticket-machine'])
  expect(scoreOf({ name: 'Settings' }, 'sg')).toBe(0)
})

test('without a word everything fits, in its order', () => {
  expect(findBest(entries, '  ', 2).map(({ name }) => name)).toEqual(['Sessions', 'ticket-machine'])
})
