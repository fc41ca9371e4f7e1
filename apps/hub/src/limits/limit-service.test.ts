import { defaultPriceTable } from '@signalbox/usage/price-table'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { TestClock } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import { LimitService } from './limit-service.ts'
import type { SnapshotVersion } from './snapshot-version.ts'

const MINUTE = 60_000

function start() {
  const clock = new TestClock()
  const store = openSqliteStore({ folder: tempFolder(), prices: defaultPriceTable() })
  onTestFinished(() => store.close())
  const stored: SnapshotVersion[] = []
  const removed: Pick<SnapshotVersion, 'id' | 'at' | 'account'>[] = []
  const errors: unknown[] = []
  const service = new LimitService({
    store: store.limits,
    events: store.events,
    keep: { versions: 4, days: 1 },
    clock,
    logger: { error: (what: unknown) => void errors.push(what) } as never,
    observer: { stored: (version) => void stored.push(version), removed: (versions) => void removed.push(...versions) },
  })
  return { clock, store, service, stored, removed, errors }
}

it('the observer is notified of each version once, after it is stored, and of those that retention removes', async () => {
  const { clock, store, service, stored, removed } = start()
  const old = Array.from({ length: 9 }, (_, n) => someSnapshot(clock.now() - 3 * 86_400_000 + n * MINUTE))
  await Promise.all(old.map((snapshot) => service.put(snapshot, { now: clock.now() })))
  await service.put(old[8]!, { now: clock.now() })
  expect(stored.map(({ body }) => body)).toEqual(old)
  await service.close()
  // A day is counted from the newest snapshot, so all of them are within it.
  expect(removed).toEqual([])
  for (const minutes of [3, 2]) await service.put(someSnapshot(clock.now() - minutes * MINUTE), { now: clock.now() })
  await service.close()
  expect(removed.map(({ at }) => at)).toEqual(old.slice(0, 7).map(({ lastUpdated }) => Date.parse(lastUpdated)))
  expect(new Set(removed.map(({ id }) => id))).toEqual(new Set(stored.slice(0, 7).map(({ id }) => id)))
  expect(await store.limits.metadata()).toMatchObject({ versionCount: 4, totalVersionsDeleted: 7 })
})

it('a failing retention is logged and hinders no write', async () => {
  const { clock, store, service, errors } = start()
  store.limits.retain = () => Promise.reject(new Error('no'))
  expect((await service.put(someSnapshot(clock.now()), { now: clock.now() })).fresh).toBe(true)
  await service.close()
  expect(errors).toHaveLength(1)
})
