import { describe, expect, it } from 'vitest'
import { timeLeft } from './time-left.ts'

const at = Date.parse('2026-10-06T09:18:00.000Z')

describe('the time left', () => {
  it.each([
    [162, '2 hr 42 min'],
    [47, '47 min'],
    [60, '1 hr'],
    [24 * 60 + 1, '1 day'],
    [2 * 24 * 60 + 3 * 60 + 59, '2 days 3 hr'],
    [0.5, 'less than 1 min'],
    [0, 'now'],
    [-5, 'now'],
  ])('of %d minutes is %s', (minutes, words) => {
    expect(timeLeft(at + minutes * 60_000, at)).toBe(words)
  })
})
