import { expect, test } from 'vitest'
import { createIdSet } from './id-set.ts'

test('ids come and go one by one or all at once, and each change is announced', () => {
  const set = createIdSet()
  let changes = 0
  const stop = set.subscribe(() => changes++)
  set.set('a', true)
  set.set('b', true)
  set.set('a', false)
  expect([...set.all()]).toEqual(['b'])
  expect([set.has('a'), set.has('b')]).toEqual([false, true])
  set.replace(['c', 'd'])
  expect([...set.all()]).toEqual(['c', 'd'])
  expect(changes).toBe(4)
  stop()
  set.replace([])
  expect(changes).toBe(4)
})
