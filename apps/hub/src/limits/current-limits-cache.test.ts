import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { TestClock } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { CurrentLimitsCache } from './current-limits-cache.ts'

const MINUTE = 60_000

function start() {
  const clock = new TestClock()
  const { limits, events, close } = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
  const cache = new CurrentLimitsCache(limits, events, clock)
  onTestFinished(async () => {
    cache.close()
    await close()
  })
  const put = (at: number) => limits.put(someSnapshot(at), { now: clock.now() })
  return { clock, limits, cache, put }
}

it('an entry is used for a second without an event, and no longer: retention of another hub publishes nothing', async () => {
  const { clock, limits, cache, put } = start()
  const old = clock.now() - 3 * 86_400_000
  for (const at of [old, old + MINUTE, clock.now()]) await put(at)
  const first = cache.of(undefined)
  expect((await first)?.base).toMatchObject({ current: 3, total: 3 })
  const { account } = (await first)!.base.version
  expect(await limits.retain(account, { versions: 1, days: 1 }, clock.now())).toHaveLength(2)
  clock.pass(999)
  expect(cache.of(undefined)).toBe(first)
  clock.pass(1)
  expect((await cache.of(undefined))?.base).toMatchObject({ current: 1, total: 1 })
})

it('a published snapshot is in the next answer', async () => {
  const { clock, cache, put } = start()
  expect(await cache.of(undefined)).toBeUndefined()
  await put(clock.now())
  expect((await cache.of(undefined))?.base).toMatchObject({ total: 1 })
})

it('an entry expires on time although the clock is set back', async () => {
  const { clock, cache } = start()
  const first = cache.of(undefined)
  clock.set(-60 * MINUTE)
  clock.pass(1_000)
  expect(cache.of(undefined)).not.toBe(first)
})
