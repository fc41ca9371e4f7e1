import { expect, test } from 'vitest'
import { createRefresher } from './refresher.ts'

/** A refresher on a manual clock, whose refresh takes `durationMs`. */
function setUp(durationMs: number) {
  let time = 10_000
  let due: { at: number; run: () => void }[] = []
  const rounds: number[] = []
  const schedule = (milliseconds: number, run: () => void) => {
    const entry = { at: time + milliseconds, run }
    due.push(entry)
    return () => {
      due = due.filter((other) => other !== entry)
    }
  }
  const refresher = createRefresher({
    now: () => time,
    schedule,
    refresh: () => {
      rounds.push(time - 10_000)
      return new Promise<void>((resolve) => schedule(durationMs, resolve))
    },
  })
  async function advance(milliseconds: number) {
    const end = time + milliseconds
    for (;;) {
      const next = due.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      due = due.filter((entry) => entry !== next)
      time = Math.max(time, next.at)
      next.run()
      await Promise.resolve()
      await Promise.resolve()
    }
    time = end
  }
  return { refresher, rounds, advance }
}

test('the first request runs immediately', () => {
  const { refresher, rounds } = setUp(50)
  refresher.request()
  expect(rounds).toEqual([0])
})

test('requests that arrive together share one more round, and none is lost', async () => {
  const { refresher, rounds, advance } = setUp(50)
  refresher.request()
  await advance(10)
  for (let index = 0; index < 20; index++) refresher.request()
  await advance(2_000)
  expect(rounds).toHaveLength(2)
})

test('a request during a slow round gets a round after it', async () => {
  const { refresher, rounds, advance } = setUp(5_000)
  refresher.request()
  await advance(4_999)
  refresher.request()
  expect(rounds).toHaveLength(1)
  await advance(10)
  expect(rounds).toEqual([0, 5_000])
})

test('continuous requests widen the interval, each still served within a second, and idle time resets it', async () => {
  const { refresher, rounds, advance } = setUp(20)
  for (let tenth = 0; tenth < 600; tenth++) {
    refresher.request()
    await advance(100)
  }
  const late = rounds.filter((at) => at > 30_000)
  expect(late.length).toBeLessThanOrEqual(45)
  expect(late.length).toBeGreaterThan(35)
  await advance(10_000)
  const before = rounds.length
  refresher.request()
  expect(rounds.length).toBe(before + 1)
})

test('a failed refresh does not prevent the next one', async () => {
  let calls = 0
  const refresher = createRefresher({
    now: () => calls * 10_000,
    schedule: () => () => {},
    refresh: () => {
      calls++
      return Promise.reject(new Error('down'))
    },
  })
  refresher.request()
  await Promise.resolve()
  await Promise.resolve()
  refresher.request()
  expect(calls).toBe(2)
})

test('no round runs after stop', async () => {
  const { refresher, rounds, advance } = setUp(10)
  refresher.request()
  await advance(20)
  refresher.request()
  refresher.stop()
  await advance(5_000)
  expect(rounds).toEqual([0])
})
