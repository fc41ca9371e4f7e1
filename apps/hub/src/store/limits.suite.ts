import { randomUUID } from 'node:crypto'
import type { HubEvent } from '@signalbox/contract/event'
import type { CollectorHealth, LimitReading } from '@signalbox/contract/limits'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { someReading, someWindow } from '../../test/reading.ts'
import { groupsOf } from '../limits/day-hours.ts'
import type { KeptReading } from '../limits/kept-reading.ts'
import { readingId } from '../limits/version-file.ts'
import type { Store } from './store.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const now = Date.parse('2026-10-06T09:12:00.000Z')
const ok: CollectorHealth = { state: 'ok', consecutiveFailures: 0 }

/** What readings of the plan limits need of any store. `open` gives an empty one and sees to its end. */
export function limitsSuite(open: () => Promise<Store>, { runs }: { runs: number }): void {
  let store: Store
  let told: HubEvent[]
  beforeEach(async () => {
    store = await open()
    told = []
    store.events.listen((events) => told.push(...events))
  })
  const put = (reading: LimitReading, at = now) => store.limits.put(reading, { now: at })
  const ago = (minutes: number, more: Partial<LimitReading> = {}) => someReading(now - minutes * MINUTE, more)
  const all = async (accounts?: string[]) => {
    const found: KeptReading[] = []
    for await (const piece of store.limits.readings({ accounts })) found.push(...piece)
    return found
  }
  const minutesAgo = async (accounts?: string[]) => (await all(accounts)).map(({ at }) => (now - at) / MINUTE)
  const days = (account = '') => store.limits.days({ accounts: [account], from: 0, to: 100_000 })

  describe('versions', () => {
    it('are in the order in which they were read, whenever they came', async () => {
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
      expect(told.map(({ event, data }) => [event, data.version])).toEqual([1, 2, 1, 3].map((version) => ['limits.snapshot', version]))
      expect(told[0]!.data).toEqual({ machine_id: 'laptop', lastUpdated: ago(10).lastUpdated, version: 1 })
    })

    it('keep a reading as it was sent, and once, by its key or by all it says', async () => {
      const reading = ago(3, { account: 'ann "é"', extraUsage: { enabled: true, 'a.b': '$x' }, planInfo: { name: 'Max', cost: '$100' } })
      expect(await put(reading)).toMatchObject({ fresh: true, number: 1 })
      const again = await put({ ...reading, currentSession: someWindow(99) }, now + MINUTE)
      expect(again).toMatchObject({ fresh: false, number: 1 })
      expect(again.version).toEqual({ id: readingId(reading), account: 'ann "é"', at: now - 3 * MINUTE, receivedAt: now, reading })
      expect(await all()).toEqual([again.version])
      const { idempotencyKey: _, ...nameless } = ago(2)
      expect([(await put(nameless)).fresh, (await put({ ...nameless })).fresh]).toEqual([true, false])
      expect((await put({ ...nameless, isPartial: true })).fresh).toBe(true)
      // The same key of another account is another reading.
      expect((await put({ ...reading, account: 'bob' })).fresh).toBe(true)
      expect(told).toHaveLength(4)
      expect(await store.limits.metadata()).toMatchObject({ versionCount: 4, totalVersionsCreated: 4, totalVersionsDeleted: 0 })
    })

    it('are kept once for an Idempotency-Key', async () => {
      const once = { owner: 'o', key: randomUUID(), fingerprint: 'one', replayed: false }
      const first = await store.limits.put(ago(1), { now, once })
      const second = await store.limits.put(ago(1), { now, once })
      expect([second, once.replayed, (await all()).length]).toEqual([first, true, 1])
    })

    it('of one instant have an order too', async () => {
      const same = Array.from({ length: 4 }, (_, n) => ago(5, { source: 'claude-json', machine_id: `m${n}` }))
      for (const reading of same) await put(reading)
      const ids = same.map(readingId).sort()
      expect((await all()).map(({ id }) => id)).toEqual(ids)
      expect(await Promise.all([1, 2, 3, 4].map(async (n) => (await store.limits.version([''], n))!.id))).toEqual(ids)
      expect((await store.limits.nearest([''], now))!.id).toBe(ids[0])
      expect((await store.limits.nearest([''], now - HOUR))!.id).toBe(ids[0])
    })

    it('are found by the nearest instant, the earlier of two', async () => {
      for (const minutes of [60, 40, 20]) await put(ago(minutes))
      const nearest = async (minutes: number) => (now - (await store.limits.nearest([''], now - minutes * MINUTE))!.at) / MINUTE
      expect([await nearest(100), await nearest(60), await nearest(50), await nearest(49.9), await nearest(0)]).toEqual([
        60, 60, 60, 40, 20,
      ])
      expect(await store.limits.nearest(['nobody'], now)).toBeUndefined()
    })

    it('are counted by account, and through several together', async () => {
      await put(ago(9, { account: 'ann' }))
      await put(ago(8, { account: 'bob', machine_id: 'box' }))
      await put(ago(7, { account: 'ann', source: 'claude-json' }))
      await put(ago(6, { machine_id: 'nobody knows' }))
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

    it('that name no account are of the one that their machine named last', async () => {
      await put(ago(9, { source: 'statusline' }))
      await put(ago(8, { account: 'ann', source: 'claude-json' }))
      await put(ago(7, { source: 'statusline' }))
      await store.limits.hear({ machine: 'box', account: 'bob', health: ok, asking: 'a' }, { now })
      await put(ago(6, { source: 'statusline', machine_id: 'box' }))
      expect((await all()).map(({ account }) => account)).toEqual(['', 'ann', 'ann', 'bob'])
      // Named late, of long ago, it changes nothing.
      await put(ago(99, { account: 'carl', source: 'claude-json' }))
      await put(ago(5, { source: 'statusline' }))
      expect((await all()).at(-1)!.account).toBe('ann')
    })

    it('are read in pieces from and to an instant', async () => {
      for (let n = 0; n < 12; n++) await put(ago(n))
      const some = async (from: number, to: number) => {
        const found: number[] = []
        for await (const piece of store.limits.readings({ accounts: [''], from: now - from * MINUTE, to: now - to * MINUTE })) {
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

    it('keeps the newest, and all that are young', async () => {
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

    it('removes nothing because a clock was set wrong', async () => {
      for (const minutes of [40, 30, 20, 10, 0]) await put(ago(minutes))
      expect(await retain(now + 400 * DAY)).toEqual([])
      expect(await retain(now - 400 * DAY)).toEqual([])
      expect(await minutesAgo()).toHaveLength(5)
    })

    it('of one account leaves the others alone, and forgets who read what is gone', async () => {
      await put(ago(20 * 24 * 60, { source: 'claude-json' }))
      await put(ago(20 * 24 * 60, { account: 'ann', machine_id: 'box' }))
      for (const minutes of [3, 2, 1]) await put(ago(minutes))
      expect(await retain()).toHaveLength(1)
      expect((await store.limits.heads([''])).map(({ reading }) => reading.source)).toEqual(['console'])
      expect(await minutesAgo(['ann'])).toHaveLength(1)
    })

    it('leaves the thinned series for 400 days', async () => {
      for (const day of [410, 401, 399, 30, 0]) await put(ago(day * 24 * 60))
      await retain(now, { versions: 1, days: 1 })
      expect(await minutesAgo()).toHaveLength(1)
      const today = Math.floor(now / DAY)
      expect([...new Set((await days()).map(({ day }) => today - day))]).toEqual([399, 30, 0])
    })
  })

  describe('the thinned series', () => {
    it('has the highest of each hour and its ends, for each window and each reset', async () => {
      const hour = Date.parse('2026-10-06T07:00:00.000Z')
      const at = (minutes: number, percent: number, reset: number) =>
        put(someReading(hour + minutes * MINUTE, { currentSession: someWindow(percent, hour + reset * MINUTE), weeklyLimits: {} }))
      await at(5, 60, 30)
      await at(25, 88, 30.5)
      await at(20, 87, 29.5)
      await at(35, 2, 330)
      await at(55, 9, 330)
      await at(45, 5, 330.2)
      const [day, ...more] = await days()
      expect(more).toEqual([])
      const shown = groupsOf(day!.hours).map((group) => [
        ...[group.firstAt, group.maxAt, group.lastAt].map((ms) => (ms - hour) / MINUTE),
        ...[group.first, group.max, group.last],
      ])
      expect(shown).toEqual([
        [5, 25, 25, 60, 88, 88],
        [35, 55, 55, 2, 9, 9],
      ])
      expect(await store.limits.windows([''])).toEqual([{ key: 'session', kind: 'session', label: 'Current session' }])
    })

    it('is the same in whatever order readings come, and however often', async () => {
      const base = Date.parse('2026-10-06T03:00:00.000Z')
      const one = fc.record({
        minute: fc.integer({ min: 0, max: 190 }),
        percent: fc.integer({ min: 0, max: 100 }),
        reset: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
        source: fc.constantFrom('console' as const, 'statusline' as const),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 9 }), fc.integer(), async (list, seed) => {
          const readings = (account: string) =>
            list.map(({ minute, percent, reset, source }) =>
              someReading(base + minute * MINUTE, {
                account,
                source,
                currentSession: someWindow(percent, reset === undefined ? undefined : base + 200 * MINUTE + reset * 25_000),
                weeklyLimits: {},
              }),
            )
          const [a, b] = [randomUUID(), randomUUID()]
          for (const reading of readings(a)) await put(reading)
          const shuffled = readings(b)
            .map((reading, n) => ({ reading, at: Math.sin(seed + n) }))
            .sort((x, y) => x.at - y.at)
            .map(({ reading }) => reading)
          for (const reading of shuffled) await put(reading)
          for (const reading of shuffled) expect((await put(reading)).fresh).toBe(false)
          const bytes = async (account: string) => (await days(account)).map(({ day, hours }) => [day, groupsOf(hours)])
          expect(await bytes(b)).toEqual(await bytes(a))
        }),
        { numRuns: runs },
      )
    })
  })

  describe('collectors', () => {
    const hear = (state: CollectorHealth['state'], at = now, asking = 'q', more: object = {}) =>
      store.limits.hear({ machine: 'laptop', health: { state, consecutiveFailures: 0 }, asking, ...more }, { now: at })

    it('are remembered as they are, and a new state is told', async () => {
      await hear('ok')
      await hear('ok', now + 1)
      await hear('needs_login', now + 2)
      expect(told.map(({ event, data }) => [event, data])).toEqual(
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

    it('say with an old reading how they were, which changes nothing', async () => {
      await hear('needs_login')
      await put(ago(60, { collector: ok }), now + 5)
      const [collector] = await store.limits.collectors()
      expect(collector).toMatchObject({ health: { state: 'needs_login' }, seenAt: now + 5, askedAt: now })
      await put(someReading(now + 6, { collector: ok }), now + 7)
      expect((await store.limits.collectors())[0]).toMatchObject({ health: { state: 'ok' } })
    })

    it('are heard also when the clock was set back', async () => {
      await hear('ok', now + DAY)
      await hear('failing', now)
      expect((await store.limits.collectors())[0]).toMatchObject({ health: { state: 'failing' }, seenAt: now })
    })

    it('leave, unless they have asked again since', async () => {
      await hear('ok', now, 'first')
      await hear('ok', now + 1, 'second')
      await store.limits.leave('laptop', 'first')
      expect((await store.limits.collectors())[0]!.askedAt).toBe(now + 1)
      await store.limits.leave('laptop', 'second')
      expect((await store.limits.collectors())[0]!.askedAt).toBeUndefined()
    })
  })

  describe('triggers', () => {
    const steps = () => told.filter(({ event }) => event === 'limits.trigger').map(({ data }) => [data.id, data.step])

    it('are handed out once, the oldest first, and end as they are said to', async () => {
      await store.limits.requestTrigger('a', 'laptop', { now })
      await store.limits.requestTrigger('a', 'laptop', { now })
      await store.limits.requestTrigger('b', 'laptop', { now: now + 1 })
      expect(await store.limits.takeTrigger('box', now)).toBeUndefined()
      const taken = await Promise.all([1, 2, 3].map(() => store.limits.takeTrigger('laptop', now + 2)))
      expect(taken.map((one) => one?.id ?? 'none').sort()).toEqual(['a', 'b', 'none'])
      const word = { machine: 'laptop', health: ok, asking: 'q' }
      await store.limits.hear({ ...word, ended: [{ id: 'a', step: 'done' }] }, { now: now + 3 })
      await store.limits.hear({ ...word, ended: [{ id: 'b', step: 'failed', message: 'no page' }] }, { now: now + 4 })
      await store.limits.hear(
        {
          ...word,
          ended: [
            { id: 'a', step: 'failed' },
            { id: 'never', step: 'done' },
          ],
        },
        { now: now + 5 },
      )
      await store.limits.hear({ ...word, machine: 'box', ended: [{ id: 'b', step: 'done' }] }, { now: now + 6 })
      expect(steps().filter(([id]) => id === 'a')).toEqual(['requested', 'picked_up', 'done'].map((step) => ['a', step]))
      expect(steps().filter(([id]) => id === 'b')).toEqual(['requested', 'picked_up', 'failed'].map((step) => ['b', step]))
      expect(told.at(-1)!.event === 'limits.trigger' ? told.at(-1)!.data : told.find(({ data }) => data.message)!.data).toMatchObject({
        message: 'no page',
      })
    })

    it('that nobody takes, or nobody ends, fail', async () => {
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
