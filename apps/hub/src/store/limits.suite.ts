import { randomUUID } from 'node:crypto'
import type { CollectorHealth } from '@signalbox/contract/collector-health'
import type { HubEvent } from '@signalbox/contract/event'
import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { someSnapshot, someWindow } from '../../test/snapshot.ts'
import { groupsOf } from '../limits/day-hours.ts'
import type { SnapshotVersion } from '../limits/snapshot-version.ts'
import { snapshotId } from '../limits/version-file.ts'
import type { Store } from './store.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const now = Date.parse('2026-10-06T09:12:00.000Z')
const ok: CollectorHealth = { state: 'ok', consecutiveFailures: 0 }

/** The contract of `LimitStore`, for any store. @param open returns an empty store and closes it after the test */
export function limitsSuite(open: () => Promise<Store>, { runs }: { runs: number }): void {
  let store: Store
  let received: HubEvent[]
  beforeEach(async () => {
    store = await open()
    received = []
    store.events.listen((events) => received.push(...events))
  })
  const put = (snapshot: SnapshotBody, at = now) => store.limits.put(snapshot, { now: at })
  const ago = (minutes: number, more: Partial<SnapshotBody> = {}) => someSnapshot(now - minutes * MINUTE, more)
  const all = async (accounts?: string[]) => {
    const found: SnapshotVersion[] = []
    for await (const piece of store.limits.snapshots({ accounts })) found.push(...piece)
    return found
  }
  const minutesAgo = async (accounts?: string[]) => (await all(accounts)).map(({ at }) => (now - at) / MINUTE)
  const days = (account = '') => store.limits.days({ accounts: [account], from: 0, to: 100_000 })

  describe('versions', () => {
    it('are in the order of their instants, whenever they arrive', async () => {
      expect((await put(ago(10))).number).toBe(1)
      expect((await put(ago(5))).number).toBe(2)
      expect(await put(ago(30))).toMatchObject({ number: 1, fresh: true })
      expect((await put(ago(7))).number).toBe(3)
      expect(await minutesAgo()).toEqual([30, 10, 7, 5])
      const third = (await store.limits.version([''], 3))!
      expect((now - third.at) / MINUTE).toBe(7)
      expect(await store.limits.versionOf([''], third)).toBe(3)
      expect([await store.limits.version([''], 0), await store.limits.version([''], 5)]).toEqual([undefined, undefined])
      expect((await store.limits.heads([''])).map(({ at }) => (now - at) / MINUTE)).toEqual([5])
      expect(received.map(({ event, data }) => [event, data.version])).toEqual([1, 2, 1, 3].map((version) => ['limits.snapshot', version]))
      expect(received[0]!.data).toEqual({ machine_id: 'laptop', lastUpdated: ago(10).lastUpdated, version: 1 })
    })

    it('store a snapshot as it was sent, and once, by its key or by its content', async () => {
      const snapshot = ago(3, { account: 'ann "é"', extraUsage: { enabled: true, 'a.b': '$x' }, planInfo: { name: 'Max', cost: '$100' } })
      expect(await put(snapshot)).toMatchObject({ fresh: true, number: 1 })
      const again = await put({ ...snapshot, currentSession: someWindow(99) }, now + MINUTE)
      expect(again).toMatchObject({ fresh: false, number: 1 })
      expect(again.version).toEqual({
        id: snapshotId(snapshot),
        account: 'ann "é"',
        at: now - 3 * MINUTE,
        receivedAt: now,
        body: snapshot,
      })
      expect(await all()).toEqual([again.version])
      const { idempotencyKey: _, ...nameless } = ago(2)
      expect([(await put(nameless)).fresh, (await put({ ...nameless })).fresh]).toEqual([true, false])
      expect((await put({ ...nameless, isPartial: true })).fresh).toBe(true)
      // The same key with another account is another snapshot.
      expect((await put({ ...snapshot, account: 'bob' })).fresh).toBe(true)
      expect(received).toHaveLength(4)
      expect(await store.limits.metadata()).toMatchObject({ versionCount: 4, totalVersionsCreated: 4, totalVersionsDeleted: 0 })
    })

    it('are stored once for an Idempotency-Key', async () => {
      const idempotency = { owner: 'o', key: randomUUID(), fingerprint: 'one', replayed: false }
      const first = await store.limits.put(ago(1), { now, idempotency })
      const second = await store.limits.put(ago(1), { now, idempotency })
      expect([second, idempotency.replayed, (await all()).length]).toEqual([first, true, 1])
    })

    it('of one instant are ordered too', async () => {
      const same = Array.from({ length: 4 }, (_, n) => ago(5, { source: 'claude-json', machine_id: `m${n}` }))
      for (const snapshot of same) await put(snapshot)
      const ids = same.map(snapshotId).sort()
      expect((await all()).map(({ id }) => id)).toEqual(ids)
      expect(await Promise.all([1, 2, 3, 4].map(async (n) => (await store.limits.version([''], n))!.id))).toEqual(ids)
      expect((await store.limits.nearest([''], now))!.id).toBe(ids[0])
      expect((await store.limits.nearest([''], now - HOUR))!.id).toBe(ids[0])
    })

    it('are found by the nearest instant, the earlier one of two', async () => {
      for (const minutes of [60, 40, 20]) await put(ago(minutes))
      const nearest = async (minutes: number) => (now - (await store.limits.nearest([''], now - minutes * MINUTE))!.at) / MINUTE
      expect([await nearest(100), await nearest(60), await nearest(50), await nearest(49.9), await nearest(0)]).toEqual([
        60, 60, 60, 40, 20,
      ])
      expect(await store.limits.nearest(['unknown'], now)).toBeUndefined()
    })

    it('are numbered by account, and across several accounts', async () => {
      await put(ago(9, { account: 'ann' }))
      await put(ago(8, { account: 'bob', machine_id: 'box' }))
      await put(ago(7, { account: 'ann', source: 'claude-json' }))
      await put(ago(6, { machine_id: 'unknown' }))
      expect((await store.limits.accounts()).map(({ account, versions, created }) => [account, versions, created])).toEqual([
        ['', 1, 1],
        ['ann', 2, 2],
        ['bob', 1, 1],
      ])
      expect(await minutesAgo(['ann'])).toEqual([9, 7])
      expect(await minutesAgo(['ann', ''])).toEqual([9, 7, 6])
      expect((now - (await store.limits.version(['ann', ''], 3))!.at) / MINUTE).toBe(6)
      expect((await store.limits.heads(['ann', ''])).length).toBe(3)
    })

    it('of an account have the name that a person gave it, and when its first snapshot arrived', async () => {
      await put(ago(2, { account: 'ann' }), now - MINUTE)
      // An older snapshot may arrive later.
      await put(ago(9, { account: 'ann' }), now)
      const named = async () => (await store.limits.accounts()).map(({ account, name, firstAt }) => [account, name, firstAt])
      expect(await named()).toEqual([['ann', undefined, now - MINUTE]])
      expect(await store.limits.nameAccount('ann', 'Ann 🐘', { now })).toBe(true)
      expect(await store.limits.nameAccount('ann', 'Ann 🐘', { now })).toBe(true)
      expect(await store.limits.nameAccount('bob', 'Bob', { now })).toBe(false)
      await put(ago(1, { account: 'ann' }))
      expect(await named()).toEqual([['ann', 'Ann 🐘', now - MINUTE]])
      expect(await store.limits.nameAccount('ann', undefined, { now })).toBe(true)
      expect(await named()).toEqual([['ann', undefined, now - MINUTE]])
      const events = received.filter(({ event }) => event === 'limits.account')
      expect(events.map(({ data }) => data)).toEqual([{ account: 'ann', name: 'Ann 🐘' }, { account: 'ann' }])
    })

    it('without an account belong to the latest account of their machine', async () => {
      await put(ago(9, { source: 'statusline' }))
      await put(ago(8, { account: 'ann', source: 'claude-json' }))
      await put(ago(7, { source: 'statusline' }))
      await store.limits.recordCollector({ machine: 'box', account: 'bob', health: ok, asking: 'a' }, { now })
      await put(ago(6, { source: 'statusline', machine_id: 'box' }))
      expect((await all()).map(({ account }) => account)).toEqual(['', 'ann', 'ann', 'bob'])
      // An older snapshot that arrives late changes nothing.
      await put(ago(99, { account: 'carl', source: 'claude-json' }))
      await put(ago(5, { source: 'statusline' }))
      expect((await all()).at(-1)!.account).toBe('ann')
    })

    it('are read in pages from and to an instant', async () => {
      for (let n = 0; n < 12; n++) await put(ago(n))
      const some = async (from: number, to: number) => {
        const found: number[] = []
        for await (const piece of store.limits.snapshots({ accounts: [''], from: now - from * MINUTE, to: now - to * MINUTE })) {
          found.push(...piece.map(({ at }) => (now - at) / MINUTE))
        }
        return found
      }
      expect(await some(5, 3)).toEqual([5, 4, 3])
      expect(await some(2, 3)).toEqual([])
    })
  })

  describe('retention', () => {
    const keep = { versions: 3, days: 2 }
    const retain = async (at = now, kept = keep) => (await store.limits.retain('', kept, at)).map((one) => (now - one.at) / MINUTE)

    it('keeps the newest versions, and all young ones', async () => {
      const old = [5, 4, 3].map((days) => days * 24 * 60)
      for (const minutes of [...old, 20, 10]) await put(ago(minutes))
      expect(await retain()).toEqual(old.slice(0, 2))
      expect(await minutesAgo()).toEqual([3 * 24 * 60, 20, 10])
      expect(await retain()).toEqual([])
      for (const minutes of [5, 4, 3, 2]) await put(ago(minutes))
      expect(await retain()).toEqual([3 * 24 * 60])
      expect(await minutesAgo()).toEqual([20, 10, 5, 4, 3, 2])
      expect(await store.limits.metadata()).toEqual({
        versionCount: 6,
        oldestTimestamp: ago(20).lastUpdated,
        newestTimestamp: ago(2).lastUpdated,
        lastCleanup: new Date(now).toISOString(),
        totalVersionsCreated: 9,
        totalVersionsDeleted: 3,
      })
    })

    it('removes nothing when the clock is wrong', async () => {
      for (const minutes of [40, 30, 20, 10, 0]) await put(ago(minutes))
      expect(await retain(now + 400 * DAY)).toEqual([])
      expect(await retain(now - 400 * DAY)).toEqual([])
      expect(await minutesAgo()).toHaveLength(5)
    })

    it('of one account leaves the others alone, and forgets the sources of removed versions', async () => {
      await put(ago(20 * 24 * 60, { source: 'claude-json' }))
      await put(ago(20 * 24 * 60, { account: 'ann', machine_id: 'box' }))
      for (const minutes of [3, 2, 1]) await put(ago(minutes))
      expect(await retain()).toHaveLength(1)
      expect((await store.limits.heads([''])).map(({ body }) => body.source)).toEqual(['console'])
      expect(await minutesAgo(['ann'])).toHaveLength(1)
    })

    it('keeps the thinned series for 400 days', async () => {
      for (const day of [410, 401, 399, 30, 0]) await put(ago(day * 24 * 60))
      await retain(now, { versions: 1, days: 1 })
      expect(await minutesAgo()).toHaveLength(1)
      const today = Math.floor(now / DAY)
      expect([...new Set((await days()).map(({ day }) => today - day))]).toEqual([399, 30, 0])
    })
  })

  describe('the thinned series', () => {
    it('has the highest, first and last value of each hour, for each window and each reset', async () => {
      const hour = Date.parse('2026-10-06T07:00:00.000Z')
      const at = (minutes: number, percent: number, reset: number) =>
        put(someSnapshot(hour + minutes * MINUTE, { currentSession: someWindow(percent, hour + reset * MINUTE), weeklyLimits: {} }))
      await at(5, 60, 30)
      await at(25, 88, 30.5)
      await at(20, 87, 29.5)
      await at(35, 2, 330)
      await at(55, 9, 330)
      await at(45, 5, 330.2)
      const [day, ...more] = await days()
      expect(more).toEqual([])
      const groups = groupsOf(day!.hours).map((group) => [
        ...[group.firstAt, group.maxAt, group.lastAt].map((ms) => (ms - hour) / MINUTE),
        ...[group.first, group.max, group.last],
      ])
      expect(groups).toEqual([
        [5, 25, 25, 60, 88, 88],
        [35, 55, 55, 2, 9, 9],
      ])
      expect(await store.limits.windows([''])).toEqual([{ key: 'session', kind: 'session', label: '5-hour limit' }])
    })

    it('does not depend on the order or number of arrivals', async () => {
      const base = Date.parse('2026-10-06T03:00:00.000Z')
      const one = fc.record({
        minute: fc.integer({ min: 0, max: 190 }),
        percent: fc.integer({ min: 0, max: 100 }),
        reset: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
        source: fc.constantFrom('console' as const, 'statusline' as const),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 9 }), fc.integer(), async (list, seed) => {
          const snapshots = (account: string) =>
            list.map(({ minute, percent, reset, source }) =>
              someSnapshot(base + minute * MINUTE, {
                account,
                source,
                currentSession: someWindow(percent, reset === undefined ? undefined : base + 200 * MINUTE + reset * 25_000),
                weeklyLimits: {},
              }),
            )
          const [a, b] = [randomUUID(), randomUUID()]
          for (const snapshot of snapshots(a)) await put(snapshot)
          const shuffled = snapshots(b)
            .map((snapshot, n) => ({ snapshot, at: Math.sin(seed + n) }))
            .sort((x, y) => x.at - y.at)
            .map(({ snapshot }) => snapshot)
          for (const snapshot of shuffled) await put(snapshot)
          for (const snapshot of shuffled) expect((await put(snapshot)).fresh).toBe(false)
          const bytes = async (account: string) => (await days(account)).map(({ day, hours }) => [day, groupsOf(hours)])
          expect(await bytes(b)).toEqual(await bytes(a))
        }),
        { numRuns: runs },
      )
    })
  })

  describe('collectors', () => {
    const report = (state: CollectorHealth['state'], at = now, asking = 'q', more: object = {}) =>
      store.limits.recordCollector({ machine: 'laptop', health: { state, consecutiveFailures: 0 }, asking, ...more }, { now: at })

    it('are recorded, and a new state is published', async () => {
      await report('ok')
      await report('ok', now + 1)
      await report('needs_login', now + 2)
      expect(received.map(({ event, data }) => [event, data])).toEqual(
        ['ok', 'needs_login'].map((state) => ['limits.snapshot', { machine_id: 'laptop', state }]),
      )
      expect(await store.limits.collectors()).toEqual([
        {
          machine: 'laptop',
          account: undefined,
          health: { state: 'needs_login', consecutiveFailures: 0 },
          seenAt: now + 2,
          askedAt: now + 2,
        },
      ])
    })

    it('keep their newer health when an old snapshot arrives', async () => {
      await report('needs_login')
      await put(ago(60, { collector: ok }), now + 5)
      const [collector] = await store.limits.collectors()
      expect(collector).toMatchObject({ health: { state: 'needs_login' }, seenAt: now + 5, askedAt: now })
      await put(someSnapshot(now + 6, { collector: ok }), now + 7)
      expect((await store.limits.collectors())[0]).toMatchObject({ health: { state: 'ok' } })
    })

    it('are recorded also after the clock was set back', async () => {
      await report('ok', now + DAY)
      await report('failing', now)
      expect((await store.limits.collectors())[0]).toMatchObject({ health: { state: 'failing' }, seenAt: now })
    })

    it('disconnect, unless they have sent another request since', async () => {
      await report('ok', now, 'first')
      await report('ok', now + 1, 'second')
      await store.limits.disconnectCollector('laptop', 'first')
      expect((await store.limits.collectors())[0]!.askedAt).toBe(now + 1)
      await store.limits.disconnectCollector('laptop', 'second')
      expect((await store.limits.collectors())[0]!.askedAt).toBeUndefined()
    })
  })

  describe('triggers', () => {
    const steps = () => received.filter(({ event }) => event === 'limits.trigger').map(({ data }) => [data.id, data.step])

    it('are picked up once, oldest first, and end as reported', async () => {
      await store.limits.requestTrigger('a', 'laptop', { now })
      await store.limits.requestTrigger('a', 'laptop', { now })
      await store.limits.requestTrigger('b', 'laptop', { now: now + 1 })
      expect(await store.limits.takeTrigger('box', now)).toBeUndefined()
      const taken = await Promise.all([1, 2, 3].map(() => store.limits.takeTrigger('laptop', now + 2)))
      expect(taken.map((one) => one?.id ?? 'none').sort()).toEqual(['a', 'b', 'none'])
      const report = { machine: 'laptop', health: ok, asking: 'q' }
      await store.limits.recordCollector({ ...report, ended: [{ id: 'a', step: 'done' }] }, { now: now + 3 })
      await store.limits.recordCollector({ ...report, ended: [{ id: 'b', step: 'failed', message: 'no page' }] }, { now: now + 4 })
      await store.limits.recordCollector(
        {
          ...report,
          ended: [
            { id: 'a', step: 'failed' },
            { id: 'never', step: 'done' },
          ],
        },
        { now: now + 5 },
      )
      await store.limits.recordCollector({ ...report, machine: 'box', ended: [{ id: 'b', step: 'done' }] }, { now: now + 6 })
      expect(steps().filter(([id]) => id === 'a')).toEqual(['requested', 'picked_up', 'done'].map((step) => ['a', step]))
      expect(steps().filter(([id]) => id === 'b')).toEqual(['requested', 'picked_up', 'failed'].map((step) => ['b', step]))
      expect(
        received.at(-1)!.event === 'limits.trigger' ? received.at(-1)!.data : received.find(({ data }) => data.message)!.data,
      ).toMatchObject({
        message: 'no page',
      })
    })

    it('that are not picked up, or not completed, fail', async () => {
      await store.limits.requestTrigger('a', 'laptop', { now })
      await store.limits.requestTrigger('b', 'laptop', { now: now + 20_000 })
      expect(await store.limits.expireTriggers(now + 29_999)).toBe(0)
      expect(await store.limits.expireTriggers(now + 30_000)).toBe(1)
      expect((await store.limits.takeTrigger('laptop', now + 40_000))?.id).toBe('b')
      expect(await store.limits.expireTriggers(now + 40_000 + 5 * MINUTE)).toBe(1)
      expect(steps()).toEqual([
        ['a', 'requested'],
        ['b', 'requested'],
        ['a', 'failed'],
        ['b', 'picked_up'],
        ['b', 'failed'],
      ])
      expect(await store.limits.expireTriggers(now + 3 * DAY)).toBe(0)
    })
  })
}
