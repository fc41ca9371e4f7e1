import { beforeEach, expect, it } from 'vitest'
import { AUDIT_RETENTION_MS } from './audit.ts'
import type { NewAuditEntry } from './audit-entry.ts'
import type { RowLimits } from './row-limits.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')

/** The contract of `AuditStore`, for any store. @param limits that it was opened with */
export function auditSuite(open: () => Promise<Store>, { refusedEntries: most }: RowLimits): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const entry = (name: string, more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({ action: 'key.created', details: { name }, ...more })
  const names = async (filter: { before?: number; limit?: number } = {}) =>
    (await store.audit.page({ limit: 100, ...filter })).map(({ details }) => details.name)

  it('keeps entries as they were, newest first', async () => {
    const details = { name: 'the "laptop" \u{1f4bb}\0', scopes: ['read'] }
    await store.audit.append({ action: 'key.created', key_id: 'k_1', key_name: 'me', address: '10.0.0.7', details }, { now })
    await store.audit.append({ action: 'sign_in.refused', details: {} }, { now: now + 1 })
    const [second, first] = await store.audit.page({ limit: 9 })
    const at = '2026-10-06T09:12:00.000Z'
    expect(first).toEqual({ id: first!.id, at, action: 'key.created', key_id: 'k_1', key_name: 'me', address: '10.0.0.7', details })
    expect(second).toEqual({ id: second!.id, at: '2026-10-06T09:12:00.001Z', action: 'sign_in.refused', details: {} })
    expect(second!.id).toBeGreaterThan(first!.id)
    expect((await store.audit.page({ limit: 9, actions: ['sign_in.refused'] })).map(({ id }) => id)).toEqual([second!.id])
  })

  it('pages by id neither skip nor repeat an entry while others are added', async () => {
    for (const name of ['a', 'b', 'c']) await store.audit.append(entry(name), { now })
    const page = await store.audit.page({ limit: 2 })
    await store.audit.append(entry('d'), { now })
    expect(await names({ before: page.at(-1)!.id })).toEqual(['a'])
    expect(await names()).toEqual(['d', 'c', 'b', 'a'])
  })

  it('has the entry of a write, once, and none of a write that was refused', async () => {
    const key = { key_id: 'k_1', prefix: 'sbx_1234', name: 'laptop', scopes: ['read'] as ['read'] }
    const idempotency = { owner: 'me', key: 'once', fingerprint: 'x', replayed: false }
    for (let n = 0; n < 2; n++) {
      await store.keys.create(key, 'hash', { now, idempotency, audit: (made) => entry((made as { name: string }).name) })
    }
    await expect(store.keys.revoke('k_2', undefined, { now, audit: () => entry('revoked') })).rejects.toMatchObject({ code: 'not_found' })
    expect(await names()).toEqual(['laptop'])
    await store.keys.revoke('k_1', undefined, { now, audit: () => entry('revoked') })
    await store.runIdempotent({ now, audit: (count) => entry(`${count}`) }, async () => 7)
    expect(await names()).toEqual(['7', 'revoked', 'laptop'])
  })

  it('loses its oldest entries, and of those that strangers cause no others', async () => {
    await store.audit.append(entry('old'), { now })
    await store.audit.append(entry('kept'), { now: now + 1 })
    expect(await store.sweep(now + AUDIT_RETENTION_MS)).toBe(0)
    expect(await store.sweep(now + AUDIT_RETENTION_MS + 1)).toBe(1)
    for (let n = 0; n < 100; n++) {
      const refused = Array.from({ length: (most + 100) / 100 }, () => entry('refused', { action: 'sign_in.refused' }))
      await Promise.all(refused.map((one) => store.audit.append(one, { now: now + 2 })))
    }
    expect(await store.sweep(now + 3)).toBe(100)
    const rest = await store.audit.page({ limit: 20_000 })
    expect([rest.length, rest.at(-1)!.details.name]).toEqual([most + 1, 'kept'])
  })
}
