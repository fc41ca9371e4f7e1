import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { TestClock } from '../../test/open-hub.ts'
import { someReading } from '../../test/reading.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { KeptReading } from './kept-reading.ts'
import { LimitBook } from './limit-book.ts'

const MINUTE = 60_000

function start() {
  const clock = new TestClock()
  const store = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  const stored: KeptReading[] = []
  const removed: Pick<KeptReading, 'id' | 'at' | 'account'>[] = []
  const errors: unknown[] = []
  const book = new LimitBook({
    store: store.limits,
    events: store.events,
    keep: { versions: 4, days: 1 },
    clock,
    logger: { error: (what: unknown) => void errors.push(what) } as never,
    observer: { stored: (version) => void stored.push(version), removed: (versions) => void removed.push(...versions) },
  })
  return { clock, store, book, stored, removed, errors }
}

it('whoever observes hears of each version after it is there, once, and of those that retention removes', async () => {
  const { clock, store, book, stored, removed } = start()
  const old = Array.from({ length: 9 }, (_, n) => someReading(clock.now() - 3 * 86_400_000 + n * MINUTE))
  await Promise.all(old.map((reading) => book.put(reading, { now: clock.now() })))
  await book.put(old[8]!, { now: clock.now() })
  expect(stored.map(({ reading }) => reading)).toEqual(old)
  await book.close()
  // A day is counted from the newest reading, so that all of them are young.
  expect(removed).toEqual([])
  for (const minutes of [3, 2]) await book.put(someReading(clock.now() - minutes * MINUTE), { now: clock.now() })
  await book.close()
  expect(removed.map(({ at }) => at)).toEqual(old.slice(0, 7).map(({ lastUpdated }) => Date.parse(lastUpdated)))
  expect(new Set(removed.map(({ id }) => id))).toEqual(new Set(stored.slice(0, 7).map(({ id }) => id)))
  expect(await store.limits.metadata()).toMatchObject({ versionCount: 4, totalVersionsDeleted: 7 })
})

it('retention that fails is logged, and hinders no write', async () => {
  const { clock, store, book, errors } = start()
  store.limits.retain = () => Promise.reject(new Error('no'))
  expect((await book.put(someReading(clock.now()), { now: clock.now() })).fresh).toBe(true)
  await book.close()
  expect(errors).toHaveLength(1)
})
