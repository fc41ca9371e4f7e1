import type { FetchPage } from '@signalbox/client'
import { expect, test } from 'vitest'
import { loadAllPages } from './all-pages.ts'

/** A list that loses its first row with each request, and pages as the hub does: behind the last row of the page before. */
function listOf(total: number) {
  let rest = Array.from({ length: total }, (_, index) => index)
  const limits: number[] = []
  const fetchPage: FetchPage<number> = async ({ limit, cursor }, { onTotal, onNext }) => {
    limits.push(limit)
    onTotal?.(rest.length)
    const behind = cursor === undefined ? rest : rest.filter((row) => row > Number(cursor))
    const page = behind.slice(0, limit)
    onNext?.(behind.length > page.length ? { cursor: String(page.at(-1)) } : undefined)
    rest = rest.slice(1)
    return page
  }
  return { fetchPage, limits }
}

test.each([0, 1, 100, 101, 195, 196, 1000])(
  'all of %i rows are loaded once even when each request removes one from the list',
  async (total) => {
    const { rows, more } = await loadAllPages(listOf(total).fetchPage, 2_000)
    expect(rows).toEqual(Array.from({ length: total }, (_, index) => index))
    expect(more).toBe(false)
  },
)

test('a short list takes one request, a long one is truncated and reports it', async () => {
  const short = listOf(100)
  await loadAllPages(short.fetchPage, 2_000)
  expect(short.limits).toEqual([100])
  const long = listOf(5_000)
  const { rows, more } = await loadAllPages(long.fetchPage, 250)
  expect([rows.length, more, long.limits]).toEqual([250, true, [100, 100, 50]])
})
