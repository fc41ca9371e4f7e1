import { expect, it } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import { WrongKeys } from './wrong-keys.ts'

it('a repeated wrong key waits longer each time, and slows no other key of its network', () => {
  const clock = new TestClock()
  const keys = new WrongKeys(clock)
  const waits = Array.from({ length: 22 }, () => keys.attempt('dead', 'a'))
  expect([waits.filter((wait) => wait === 0).length, waits.at(-1)]).toEqual([20, 1000])
  expect([keys.isSlowed('a'), keys.attempt('another', 'a')]).toEqual([false, 0])
})

it('different wrong keys slow their network, until an hour has passed', () => {
  const clock = new TestClock()
  const keys = new WrongKeys(clock)
  for (let n = 0; n < 10; n++) expect(keys.attempt(`wrong ${n}`, 'a')).toBe(0)
  expect([keys.isSlowed('a'), keys.attempt('one more', 'a'), keys.isSlowed('b')]).toEqual([true, 1000, false])
  clock.pass(3_602_000)
  expect([keys.isSlowed('a'), keys.attempt('one more', 'a')]).toEqual([false, 0])
})

it('the tables stay small', () => {
  const keys = new WrongKeys(new TestClock())
  for (let n = 0; n < 10; n++) keys.attempt(`wrong ${n}`, 'a')
  for (let n = 0; n < 20_000; n++) keys.attempt('wrong', `network ${n}`)
  // The oldest network is forgotten.
  expect(keys.isSlowed('a')).toBe(false)
})
