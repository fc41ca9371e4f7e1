import { expect, it } from 'vitest'
import { StreamCount } from './stream-count.ts'

it('streams are bounded for each key and in all, and an end makes room', () => {
  const count = new StreamCount({ perKey: 2, total: 3 })
  const end = count.add('a')
  count.add('a')
  expect(() => count.add('a')).toThrow('This key has 2 event streams open')
  count.add('b')
  expect(() => count.add('c')).toThrow('The hub has 3 event streams open')
  end()
  count.add('c')
  expect(() => count.add('c')).toThrow('The hub has 3')
})
