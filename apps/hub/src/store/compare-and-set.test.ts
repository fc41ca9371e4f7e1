import { expect, it } from 'vitest'
import { compareAndSet, lost } from './compare-and-set.ts'

it('a lost attempt is made again, and what the one that is written returns is the result', async () => {
  const results = [lost, lost, 'written', 'too much'] as const
  let attempts = 0
  expect(await compareAndSet(async () => results[attempts++]!)).toBe('written')
  expect(attempts).toBe(3)
})

it('many at once are all written, each upon the one before', async () => {
  let stored = 0
  const increment = () =>
    compareAndSet(async () => {
      const read = stored
      await Promise.resolve()
      if (stored !== read) return lost
      stored = read + 1
      return stored
    })
  const written = await Promise.all(Array.from({ length: 15 }, increment))
  expect(stored).toBe(15)
  expect(new Set(written).size).toBe(15)
})

it('it gives up, and says so', async () => {
  let attempts = 0
  const isLost = await compareAndSet(async () => {
    attempts++
    return lost
  }, 4)
  expect([isLost, attempts]).toEqual([lost, 4])
})
