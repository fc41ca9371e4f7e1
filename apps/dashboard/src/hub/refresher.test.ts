import { expect, test } from 'vitest'
import { createRefresher } from './refresher.ts'

/** A clock that stands still until it is moved, and a refresh that takes as long as it is told. */
function stage(takes: number) {
  let time = 10_000
  let due: { at: number; run: () => void }[] = []
  const rounds: number[] = []
  const after = (milliseconds: number, run: () => void) => {
    const entry = { at: time + milliseconds, run }
    due.push(entry)
    return () => {
      due = due.filter((other) => other !== entry)
    }
  }
  const refresher = createRefresher({
    now: () => time,
    after,
    refresh: () => {
      rounds.push(time - 10_000)
      return new Promise<void>((resolve) => after(takes, resolve))
    },
  })
  async function move(milliseconds: number) {
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
  return { refresher, rounds, move }
}

test('the first change is answered at once', () => {
  const { refresher, rounds } = stage(50)
  refresher.poke()
  expect(rounds).toEqual([0])
})

test('changes that come together are one more round, and none is lost', async () => {
  const { refresher, rounds, move } = stage(50)
  refresher.poke()
  await move(10)
  for (let index = 0; index < 20; index++) refresher.poke()
  await move(2_000)
  expect(rounds).toHaveLength(2)
})

test('a change during a slow round has a round after it', async () => {
  const { refresher, rounds, move } = stage(5_000)
  refresher.poke()
  await move(4_999)
  refresher.poke()
  expect(rounds).toHaveLength(1)
  await move(10)
  expect(rounds).toEqual([0, 5_000])
})

test('a steady rain of changes is asked about less often, yet each within the second, and calm makes it quick again', async () => {
  const { refresher, rounds, move } = stage(20)
  for (let tenth = 0; tenth < 600; tenth++) {
    refresher.poke()
    await move(100)
  }
  const late = rounds.filter((at) => at > 30_000)
  expect(late.length).toBeLessThanOrEqual(45)
  expect(late.length).toBeGreaterThan(35)
  await move(10_000)
  const before = rounds.length
  refresher.poke()
  expect(rounds.length).toBe(before + 1)
})

test('a refresh that fails does not end the next', async () => {
  let calls = 0
  const refresher = createRefresher({
    now: () => calls * 10_000,
    after: () => () => {},
    refresh: () => {
      calls++
      return Promise.reject(new Error('down'))
    },
  })
  refresher.poke()
  await Promise.resolve()
  await Promise.resolve()
  refresher.poke()
  expect(calls).toBe(2)
})

test('after stop nothing is asked any more', async () => {
  const { refresher, rounds, move } = stage(10)
  refresher.poke()
  await move(20)
  refresher.poke()
  refresher.stop()
  await move(5_000)
  expect(rounds).toEqual([0])
})
