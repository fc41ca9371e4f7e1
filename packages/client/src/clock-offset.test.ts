import { expect, test } from 'vitest'
import { clockOffset } from './clock-offset.ts'

const noon = Date.parse('2026-10-06T12:00:00Z')
const header = new Date(noon).toUTCString()
const HOUR = 3_600_000

test('a clock within the resolution of the header gets no offset', () => {
  expect(clockOffset(header, noon + 400, noon + 450, 0)).toBe(0)
  expect(clockOffset(header, noon + 990, noon + 1_050, 0)).toBe(0)
  expect(clockOffset(header, noon - 300, noon + 20, 0)).toBe(0)
})

test('a clock that is hours off is corrected to within a second', () => {
  for (const off of [-3 * HOUR, 3 * HOUR]) {
    const local = noon + 500 + off
    expect(Math.abs(clockOffset(header, local, local + 80, 0) + off)).toBeLessThanOrEqual(1_000)
  }
})

test('later responses keep the offset stable, and a corrected browser clock drops it', () => {
  const local = noon + 500 - HOUR
  const first = clockOffset(header, local, local + 80, 0)
  const later = new Date(noon + 7_000).toUTCString()
  expect(clockOffset(later, local + 7_000, local + 7_050, first)).toBe(first)
  expect(clockOffset(later, noon + 7_100, noon + 7_200, first)).toBe(0)
})

test('a response without a date, or a slow one, changes nothing', () => {
  expect(clockOffset(null, noon, noon + 10, 77)).toBe(77)
  expect(clockOffset('soon', noon, noon + 10, 77)).toBe(77)
  expect(clockOffset(header, noon - HOUR, noon, 77)).toBe(77)
  expect(clockOffset(header, noon + HOUR, noon, 77)).toBe(77)
})
