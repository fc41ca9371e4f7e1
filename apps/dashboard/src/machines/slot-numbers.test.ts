import { expect, test } from 'vitest'
import { parseSlots, printSlots } from './slot-numbers.ts'

test('slots are written as ranges and read back', () => {
  for (const slots of [[], [1], [1, 2, 3], [1, 2, 3, 7, 9, 10]]) expect(parseSlots(printSlots(slots))).toEqual(slots)
  expect(printSlots([10, 1, 3, 2])).toBe('1-3, 10')
  expect(parseSlots('3, 1–2 2')).toEqual([1, 2, 3])
})

test('what is no list of slots is refused', () => {
  for (const text of ['0', 'a', '3-1', '1-', '-1', '1.5', '1-5000', '9999999']) expect(parseSlots(text), text).toBeUndefined()
})
