import { expect, it } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import { GrowingDelay } from './growing-delay.ts'

it('after three attempts each one waits twice as long as the one before, up to a quarter of an hour', () => {
  const clock = new TestClock()
  const delay = new GrowingDelay(clock)
  const waits: number[] = []
  for (let attempt = 0; attempt < 16; attempt++) {
    const wait = delay.attempt('a')
    waits.push(wait / 1000)
    clock.pass(wait)
    if (wait > 0) expect(delay.attempt('a')).toBe(0)
  }
  expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
})

it('an attempt that has to wait is not counted, other names do not wait, and a success forgets all', () => {
  const clock = new TestClock()
  const delay = new GrowingDelay(clock)
  for (let attempt = 0; attempt < 3; attempt++) delay.attempt('a')
  for (let attempt = 0; attempt < 50; attempt++) expect(delay.attempt('a')).toBe(1000)
  expect(delay.attempt('b')).toBe(0)
  clock.pass(1000)
  expect(delay.attempt('a')).toBe(0)
  delay.succeed('a')
  expect(delay.attempt('a')).toBe(0)
})

it('attempts are forgotten after an hour, and the table stays small', () => {
  const clock = new TestClock()
  const delay = new GrowingDelay(clock)
  for (let attempt = 0; attempt < 3; attempt++) delay.attempt('a')
  clock.pass(3_601_001)
  for (let attempt = 0; attempt < 3; attempt++) expect(delay.attempt('a')).toBe(0)
  expect(delay.attempt('a')).toBe(1000)
  for (let name = 0; name < 20_000; name++) delay.attempt(`name ${name}`)
  expect(delay.attempt('a')).toBe(0)
})
