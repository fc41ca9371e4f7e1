import { beforeEach, expect, it } from 'vitest'
import { MAX_GAPS } from './listening.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')

/** The contract of `ListeningStore`, for any store. */
export function listeningSuite(open: () => Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })

  it('is empty at first', async () => {
    expect(await store.listening.read()).toEqual({ gaps: [] })
  })

  it('keeps the last instant, also after the clock was set back', async () => {
    await store.listening.noteUntil(now)
    await store.listening.noteUntil(now - 60_000)
    expect(await store.listening.read()).toEqual({ until: now - 60_000, gaps: [] })
  })

  it('keeps the newest gaps in the order in which they were added, whatever their times', async () => {
    const gaps = [
      { from: now, to: now + 5_000, step: 0 },
      { from: now - 60_000, to: now - 60_000, step: -65_000 },
      { from: now - 50_000, to: now - 40_000, step: 0 },
    ]
    for (const gap of gaps) await store.listening.addGap(gap, gap.to)
    expect(await store.listening.read()).toEqual({ until: now - 40_000, gaps })
    const add = (n: number) => store.listening.addGap({ from: n, to: n, step: 0 }, now)
    await Promise.all(Array.from({ length: MAX_GAPS - 2 }, (_, n) => add(n)))
    await add(MAX_GAPS - 2)
    const { gaps: kept } = await store.listening.read()
    expect([kept.length, kept[0], kept.at(-1)?.from]).toEqual([MAX_GAPS, gaps[2], MAX_GAPS - 2])
  })
}
