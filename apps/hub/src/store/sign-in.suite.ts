import { beforeEach, expect, it } from 'vitest'
import type { RowLimits } from './row-limits.ts'
import type { SignInRecord } from './sign-in.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const iso = (at: number) => new Date(at).toISOString()

/** The contract of `SignInStore`, for any store. @param limits that it was opened with */
export function signInSuite(open: () => Promise<Store>, { signIns: most }: RowLimits): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const create = async (id: string, more: Partial<SignInRecord> = {}): Promise<SignInRecord> => {
    const at = iso(now)
    const record = {
      sign_in_id: id,
      key_id: 'k_1',
      key_name: 'me',
      created_at: at,
      last_used_at: at,
      expires_at: iso(now + 9000),
      address: '::1',
    }
    const signIn = { ...record, ...more }
    await store.signIns.create(signIn, { now })
    return signIn
  }
  const ids = async (filter: { key_id?: string } = {}) =>
    (await store.signIns.list({ ...filter, limit: 100, offset: 0 })).rows.map(({ sign_in_id }) => sign_in_id)

  it('are stored as they were created, and note their use', async () => {
    const made = await create('a', { key_name: 'the "page" \u{1f4bb}', client: 'Mozilla/5.0 \0' })
    expect(await store.signIns.find('a')).toEqual(made)
    await store.signIns.touch('a', now + 5)
    expect(await store.signIns.find('a')).toEqual({ ...made, last_used_at: iso(now + 5) })
    expect(await store.signIns.find('b')).toBeUndefined()
  })

  it('are listed newest first, in pages, all or those of a key', async () => {
    await create('a')
    await create('b', { created_at: iso(now + 1), key_id: 'k_2' })
    await create('c', { created_at: iso(now + 2) })
    expect([await ids(), await ids({ key_id: 'k_1' })]).toEqual([
      ['c', 'b', 'a'],
      ['c', 'a'],
    ])
    expect(await store.signIns.list({ limit: 1, offset: 1 })).toMatchObject({ rows: [{ sign_in_id: 'b' }], total: 3 })
  })

  it('are ended, one, all of a key, or all but one', async () => {
    for (const id of ['a', 'b', 'c']) await create(id)
    await create('d', { key_id: 'k_2' })
    expect([await store.signIns.end('a', { now }), await store.signIns.end('a', { now })]).toEqual([true, false])
    expect(await store.signIns.endAll({ key_id: 'k_1', except: 'b' }, { now })).toBe(1)
    expect((await ids()).sort()).toEqual(['b', 'd'])
    expect(await store.signIns.endAll({}, { now })).toBe(2)
  })

  it('are removed when they have expired or were not used, and the oldest beyond their limit', async () => {
    await create('expired', { expires_at: iso(now + 10) })
    await create('unused', { last_used_at: iso(now - 10) })
    await create('kept', { created_at: iso(now + 1) })
    expect(await store.signIns.sweep(now + 9, now - 11)).toBe(0)
    expect(await store.signIns.sweep(now + 10, now - 10)).toBe(2)
    await create('oldest', { created_at: iso(now) })
    for (let n = 2; n < most; n++) await create(`${n}`, { created_at: iso(now + n) })
    expect(await store.signIns.find('oldest')).toBeDefined()
    await create('one more', { created_at: iso(now + most) })
    expect([await store.signIns.find('oldest'), await store.signIns.find('kept')]).toMatchObject([undefined, { key_name: 'me' }])
  })
}
