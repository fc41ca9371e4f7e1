import { describe, expect, it } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import { MinuteCount } from './minute-count.ts'

describe('a count by the minute', () => {
  it('allows so many a minute to each name, from its first on', () => {
    const clock = new TestClock()
    const count = new MinuteCount(clock)
    const exceeded = (name: string) => count.count(name, 2).exceeded
    expect([exceeded('a'), exceeded('a'), exceeded('a'), exceeded('b')]).toEqual([false, false, true, false])
    clock.pass(59_000)
    expect([exceeded('a'), count.count('a', 2).seconds]).toEqual([true, 1])
    clock.pass(1000)
    expect(count.count('a', 2)).toEqual({ max: 2, remaining: 1, seconds: 60, exceeded: false })
  })

  it('does not count what is forgiven', () => {
    const count = new MinuteCount(new TestClock())
    count.count('a', 2)
    count.forgive('a')
    count.forgive('a')
    expect(count.count('a', 2).remaining).toBe(1)
  })

  it('still knows who came lately when there are too many names to know them all', () => {
    const count = new MinuteCount(new TestClock())
    count.count('a', 2)
    for (let n = 0; n < 60_000; n++) count.count(`other ${n}`, 2)
    expect(count.count('a', 2).remaining).toBe(0)
    for (let n = 0; n < 110_000; n++) count.count(`more ${n}`, 2)
    expect(count.count('a', 2).remaining).toBe(1)
  })
})
