import { expect, test } from 'vitest'
import { nextKeys } from './row-keys.ts'

test('lines that stay keep their keys, and those that come have new ones', () => {
  const first = nextKeys(new Map(), ['a', 'b', 'c'])
  expect([...first]).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ])
  const scrolled = nextKeys(first, ['b', 'c', 'd'])
  expect([...scrolled.values()]).toEqual([1, 2, 3])
  // Sorted another way: no element shows another session than before.
  expect([...nextKeys(scrolled, ['d', 'x', 'b'])]).toEqual([
    ['d', 3],
    ['x', 4],
    ['b', 1],
  ])
})

test('after a jump the elements show the new lines in order', () => {
  const before = nextKeys(nextKeys(new Map(), ['a', 'b', 'c']), ['b', 'c', 'd'])
  expect([...nextKeys(before, ['k', 'l', 'm', 'n']).values()]).toEqual([1, 2, 3, 4])
  expect([...nextKeys(before, ['k']).values()]).toEqual([1])
})
