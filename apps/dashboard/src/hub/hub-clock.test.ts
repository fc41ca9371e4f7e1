import { expect, test } from 'vitest'
import { clockAhead } from './hub-clock.ts'

const noon = Date.parse('2026-10-06T12:00:00Z')
const header = new Date(noon).toUTCString()
const HOUR = 3_600_000

test('a clock that is right within what the header can say is left alone', () => {
  expect(clockAhead(header, noon + 400, noon + 450, 0)).toBe(0)
  expect(clockAhead(header, noon + 990, noon + 1_050, 0)).toBe(0)
  expect(clockAhead(header, noon - 300, noon + 20, 0)).toBe(0)
})

test('a clock that is hours off is set right to a second', () => {
  for (const off of [-3 * HOUR, 3 * HOUR]) {
    const ours = noon + 500 + off
    expect(Math.abs(clockAhead(header, ours, ours + 80, 0) + off)).toBeLessThanOrEqual(1_000)
  }
})

test('further answers do not make it tremble, and a clock that was set right is believed again', () => {
  const ours = noon + 500 - HOUR
  const first = clockAhead(header, ours, ours + 80, 0)
  const later = new Date(noon + 7_000).toUTCString()
  expect(clockAhead(later, ours + 7_000, ours + 7_050, first)).toBe(first)
  expect(clockAhead(later, noon + 7_100, noon + 7_200, first)).toBe(0)
})

test('an answer without a date, or one that took too long, changes nothing', () => {
  expect(clockAhead(null, noon, noon + 10, 77)).toBe(77)
  expect(clockAhead('soon', noon, noon + 10, 77)).toBe(77)
  expect(clockAhead(header, noon - HOUR, noon, 77)).toBe(77)
  expect(clockAhead(header, noon + HOUR, noon, 77)).toBe(77)
})
