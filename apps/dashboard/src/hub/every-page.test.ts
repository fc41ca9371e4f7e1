import { expect, test } from 'vitest'
import { everyPage } from './every-page.ts'

function listOf(total: number) {
  const all = Array.from({ length: total }, (_, index) => index)
  const asked: number[] = []
  const ask = async ({ limit, offset }: { limit: number; offset: number }, onTotal: (total: number) => void) => {
    asked.push(offset)
    onTotal(all.length)
    const page = all.slice(offset, offset + limit)
    all.shift()
    return page
  }
  return { ask, asked }
}

test.each([0, 1, 100, 101, 195, 196, 1000])('all of %i rows come, also when one leaves the list with each question', async (total) => {
  const { ask } = listOf(total)
  const { rows, more } = await everyPage(ask, 2_000)
  expect(new Set(rows).size).toBe(total)
  expect(more).toBe(false)
})

test('a short list is one question, a long one is cut and says so', async () => {
  const short = listOf(100)
  await everyPage(short.ask, 2_000)
  expect(short.asked).toEqual([0])
  const long = listOf(5_000)
  const { rows, more } = await everyPage(long.ask, 300)
  expect(rows.length).toBeGreaterThanOrEqual(300)
  expect(rows.length).toBeLessThan(500)
  expect(more).toBe(true)
})
