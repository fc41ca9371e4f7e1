import { describe, expect, it } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import { MinuteCounter } from './minute-counter.ts'

describe('the minute counter', () => {
  it('allows a number of requests per minute and name, counted from the first one', () => {
    const clock = new TestClock()
    const counter = new MinuteCounter(clock)
    const exceeded = (name: string) => counter.count(name, 2).exceeded
    expect([exceeded('a'), exceeded('a'), exceeded('a'), exceeded('b')]).toEqual([false, false, true, false])
    clock.pass(59_000)
    expect([exceeded('a'), counter.count('a', 2).seconds]).toEqual([true, 1])
    clock.pass(1000)
    expect(counter.count('a', 2)).toEqual({ max: 2, remaining: 1, seconds: 60, exceeded: false })
  })

  it('does not count a refunded request', () => {
    const counter = new MinuteCounter(new TestClock())
    counter.count('a', 2)
    counter.refund('a')
    counter.refund('a')
    expect(counter.count('a', 2).remaining).toBe(1)
  })

  it('still counts a recent name when there are too many names for one table', () => {
    const counter = new MinuteCounter(new TestClock())
    counter.count('a', 2)
    for (let n = 0; n < 60_000; n++) counter.count(`other ${n}`, 2)
    expect(counter.count('a', 2).remaining).toBe(0)
    for (let n = 0; n < 110_000; n++) counter.count(`more ${n}`, 2)
    expect(counter.count('a', 2).remaining).toBe(1)
  })
})
