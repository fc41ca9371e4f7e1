import { beforeEach, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import type { Idempotency } from './idempotency.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')

/** The contract of `Change.once`, for any store. */
export function idempotencySuite(open: () => Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const newIdempotency = (change: Partial<Idempotency> = {}): Idempotency => ({
    owner: 'a',
    key: 'key',
    fingerprint: 'print',
    replayed: false,
    ...change,
  })

  it('returns its stored result when it is repeated', async () => {
    const first = newIdempotency()
    expect(await store.usage.ingest('a', [someCall()], { now, idempotency: first })).toEqual({ accepted: 1, improved: 0, duplicates: 0 })
    expect(first.replayed).toBe(false)
    const again = newIdempotency()
    expect(await store.usage.ingest('a', [someCall()], { now, idempotency: again })).toEqual({ accepted: 1, improved: 0, duplicates: 0 })
    expect(again.replayed).toBe(true)
    expect(await countCalls(store)).toBe(1)
  })

  it('is executed once when it is sent twice at the same moment', async () => {
    const both = [newIdempotency(), newIdempotency()]
    await Promise.all(both.map((one) => store.usage.ingest('a', [someCall()], { now, idempotency: one })))
    expect(both.map(({ replayed }) => replayed).sort()).toEqual([false, true])
    expect(await countCalls(store)).toBe(1)
  })

  it('is a new one for another owner, and after a day', async () => {
    await store.usage.ingest('a', [someCall()], { now, idempotency: newIdempotency() })
    await store.usage.ingest('a', [someCall()], { now, idempotency: newIdempotency({ owner: 'b' }) })
    await store.usage.ingest('a', [someCall()], { now: now + 86_400_000, idempotency: newIdempotency() })
    expect(await countCalls(store)).toBe(3)
  })

  it('has its result removed a day later', async () => {
    await store.usage.ingest('a', [], { now, idempotency: newIdempotency() })
    expect(await store.sweep(now + 86_399_999)).toBe(0)
    expect(await store.sweep(now + 86_400_000)).toBe(1)
  })

  it('has no stored result when it fails', async () => {
    await expect(store.keys.revoke('unknown', undefined, { now, idempotency: newIdempotency() })).rejects.toMatchObject({
      code: 'not_found',
    })
    const later = newIdempotency()
    await store.usage.ingest('a', [], { now, idempotency: later })
    expect(later.replayed).toBe(false)
  })
}

async function countCalls({ usage }: Store): Promise<number> {
  return (await usage.slices({ filter: {}, keep: [], now })).reduce((total, { calls }) => total + calls, 0)
}
