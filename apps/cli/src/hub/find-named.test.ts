import { expect, test } from 'vitest'
import { findNamed } from './find-named.ts'

const rows = [
  { id: 'c_3f9a1c20', name: 'Phone' },
  { id: 'c_3f9a77aa', name: 'Team' },
  { id: 'team', name: 'Other' },
]
const find = (asked: string) =>
  findNamed(rows, asked, { noun: 'channel', list: 'signalbox channels list', idOf: ({ id }) => id, nameOf: ({ name }) => name }).id

test('a row is found by its id, its name, or the beginning of its id', () => {
  expect(find('c_3f9a1c20')).toBe('c_3f9a1c20')
  expect(find('phone')).toBe('c_3f9a1c20')
  expect(find('3f9a7')).toBe('c_3f9a77aa')
  // An id comes before a name.
  expect(find('team')).toBe('team')
})

test('none or several are an error that says what to do', () => {
  expect(() => find('3f9a')).toThrow(/2 channels match 3f9a:\nc_3f9a1c20 {2}Phone/)
  expect(() => find('c_3')).toThrow(/no channel has the name or id c_3/)
})
