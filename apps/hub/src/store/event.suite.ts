import type { HubEvent } from '@signalbox/contract/event'
import { beforeEach, describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import type { Idempotency } from './idempotency.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')

/** The contract of `EventStore`, for any store. */
export function eventSuite(open: () => Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const publish = async (machine: string, at = now) => {
    await store.usage.ingest(machine, [someCall()], { now: at })
  }

  it('are published after the commit, in the order of their ids', async () => {
    const received: HubEvent[] = []
    const isCommitted: boolean[] = []
    const stop = store.events.listen((events) => {
      received.push(...events)
      void store.events.bounds().then(({ last }) => isCommitted.push(last >= events.at(-1)!.id))
    })
    await Promise.all([publish('a'), publish('b'), publish('c')])
    expect(received.map(({ data }) => data.machine_id)).toEqual(['a', 'b', 'c'])
    expect(received.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(received[0]).toEqual({
      id: 1,
      event: 'usage.updated',
      at: iso(now),
      data: { machine_id: 'a', accepted: 1, improved: 0, since: '2026-10-06T09:00:00.000Z', until: '2026-10-06T09:00:00.000Z' },
    })
    expect(await store.events.page({ after: 0, limit: 10 })).toEqual(received)
    stop()
    await publish('d')
    expect(received).toHaveLength(3)
    expect(isCommitted).not.toContain(false)
  })

  it('are not published when nothing is new, nor when the write fails', async () => {
    const call = someCall()
    const idempotency: Idempotency = { owner: 'o', key: 'k', fingerprint: 'one', replayed: false }
    await store.usage.ingest('a', [call], { now, idempotency })
    let published = 0
    store.events.listen(() => published++)
    await store.usage.ingest('a', [call], { now })
    await store.usage.ingest('a', [someCall()], { now, idempotency: { ...idempotency, fingerprint: 'x' } }).catch(() => {})
    expect(published).toBe(0)
    expect((await store.events.bounds()).last).toBe(1)
  })

  it('are read in pages, with filters', async () => {
    for (const machine of ['a', 'b', 'a', 'b', 'a']) await publish(machine)
    const ids = (events: HubEvent[]) => events.map(({ id }) => id)
    expect(ids(await store.events.page({ after: 1, limit: 2 }))).toEqual([2, 3])
    expect(ids(await store.events.latest({ limit: 2 }))).toEqual([4, 5])
    expect(ids(await store.events.page({ after: 1, limit: 9, machine_id: 'a' }))).toEqual([3, 5])
    expect(ids(await store.events.latest({ limit: 9, types: ['usage.updated'], machine_id: 'b' }))).toEqual([2, 4])
    expect(ids(await store.events.latest({ limit: 9, types: ['monitor.paused'] }))).toEqual([])
    expect(ids(await store.events.latest({ limit: 9, session_id: 's' }))).toEqual([])
  })

  it('are read backwards from an id, and within a span of time', async () => {
    for (const [nth, machine] of ['a', 'b', 'a', 'b', 'a'].entries()) await publish(machine, now + nth * 1000)
    const ids = (events: HubEvent[]) => events.map(({ id }) => id)
    expect(ids(await store.events.latest({ before: 4, limit: 2 }))).toEqual([2, 3])
    expect(ids(await store.events.latest({ before: 2, limit: 2 }))).toEqual([1])
    expect(ids(await store.events.latest({ before: 1, limit: 2 }))).toEqual([])
    expect(ids(await store.events.latest({ before: 5, limit: 9, machine_id: 'a' }))).toEqual([1, 3])
    expect(ids(await store.events.latest({ since: now + 1000, until: now + 4000, limit: 9 }))).toEqual([2, 3, 4])
    expect(ids(await store.events.page({ after: 0, since: now + 3000, limit: 9, types: ['usage.updated'] }))).toEqual([4, 5])
    expect(ids(await store.events.page({ after: 0, until: now, limit: 9 }))).toEqual([])
  })

  describe('that the hub appends', () => {
    const alert = (name: string) => ({ event: 'monitor.paused' as const, data: { alert_id: name } })
    const plain = (name: string) => ({ event: 'usage.updated' as const, data: { machine_id: name } })
    const newIdempotency = (fingerprint = 'print'): Idempotency => ({ owner: 'o', key: 'k', fingerprint, replayed: false })
    const log = async () => (await store.events.page({ after: 0, limit: 99 })).map(({ data }) => data.alert_id ?? data.machine_id)

    it('are stored and published in their order', async () => {
      const received: HubEvent[] = []
      store.events.listen((events) => received.push(...events))
      await store.events.append([alert('a'), plain('m')], { now })
      await store.events.append([plain('m')], { now: now + 1 })
      expect(received.map(({ id, event, at }) => [id, event, at])).toEqual([
        [1, 'monitor.paused', iso(now)],
        [2, 'usage.updated', iso(now)],
        [3, 'usage.updated', iso(now + 1)],
      ])
      expect(await log()).toEqual(['a', 'm', 'm'])
    })

    it('are stored once for an idempotency key', async () => {
      const [first, again] = [newIdempotency(), newIdempotency()]
      await store.events.append([alert('a'), plain('m')], { now, idempotency: first })
      await store.events.append([alert('a'), plain('m')], { now: now + 1, idempotency: again })
      expect([first.replayed, again.replayed]).toEqual([false, true])
      await Promise.all(
        ['x', 'y'].flatMap((key) =>
          [1, 2].map(() => store.events.append([plain(key)], { now, idempotency: { ...newIdempotency(), key } })),
        ),
      )
      expect((await log()).sort()).toEqual(['a', 'm', 'x', 'y'])
    })

    it('are refused for a used idempotency key with another fingerprint', async () => {
      await store.events.append([plain('m')], { now, idempotency: newIdempotency() })
      await expect(store.events.append([plain('n')], { now, idempotency: newIdempotency('other') })).rejects.toMatchObject({
        code: 'conflict',
      })
      expect(await log()).toEqual(['m'])
    })

    it('are stored again for the same key a day later', async () => {
      await store.events.append([plain('m')], { now, idempotency: newIdempotency() })
      await store.events.append([plain('m')], { now: now + 86_400_000, idempotency: newIdempotency() })
      expect(await log()).toEqual(['m', 'm'])
    })
  })

  it('are removed after thirty days, and their ids are never used again', async () => {
    await publish('a', now)
    await publish('a', now + 1000)
    expect(await store.sweep(now + 30 * 86_400_000 + 500)).toBe(1)
    expect(await store.events.bounds()).toEqual({ first: 2, last: 2 })
    expect(await store.sweep(now + 31 * 86_400_000)).toBe(1)
    expect(await store.events.bounds()).toEqual({ first: 0, last: 2 })
    await publish('a', now)
    expect(await store.events.bounds()).toEqual({ first: 3, last: 3 })
  })
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
