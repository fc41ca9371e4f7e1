import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import type { NewKey } from './key.ts'
import type { Store } from './store.ts'

const DAY = 86_400_000
const now = Date.parse('2026-10-06T09:12:00.000Z')

/** The contract of `KeyStore`, for any store. */
export function keySuite(open: () => Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const create = (name: string, change: { at?: number } & Partial<NewKey> = {}) => {
    const id = `k_${randomUUID()}`
    const { at = now, ...more } = change
    return store.keys.create({ key_id: id, name, prefix: `sbx_${id.slice(2, 6)}`, scopes: ['read'], ...more }, id, { now: at })
  }

  it('are stored as they were created', async () => {
    const key = await create('laptop', { expires_at: '2027-01-01T00:00:00.000Z' })
    expect(key).toMatchObject({
      name: 'laptop',
      scopes: ['read'],
      created_at: iso(now),
      expires_at: '2027-01-01T00:00:00.000Z',
      revision: 1,
    })
    expect(await store.keys.find(key.key_id)).toEqual(key)
    expect(await store.keys.findByPrefix(key.prefix)).toEqual([{ key, hash: key.key_id }])
    expect(await store.keys.find('unknown')).toBeUndefined()
    expect(await store.keys.findByPrefix('sbx_none')).toEqual([])
  })

  it('are listed newest first, in pages', async () => {
    const created = [await create('a'), await create('b', { at: now + 1 }), await create('c', { at: now + 2 })]
    const names = async (limit: number, offset: number) => (await store.keys.list({ limit, offset })).rows.map(({ name }) => name)
    expect(await names(2, 0)).toEqual(['c', 'b'])
    expect(await names(2, 2)).toEqual(['a'])
    expect((await store.keys.list({ limit: 1, offset: 0 })).total).toBe(created.length)
  })

  it('are unusable after they are revoked, at the expected revision', async () => {
    const key = await create('laptop')
    await expect(store.keys.revoke(key.key_id, 7, { now })).rejects.toMatchObject({ code: 'precondition_failed' })
    await expect(store.keys.revoke('unknown', undefined, { now })).rejects.toMatchObject({ code: 'not_found' })
    expect(await store.keys.anyUsable(now)).toBe(true)
    const revoked = await store.keys.revoke(key.key_id, 1, { now })
    expect(revoked).toMatchObject({ revoked_at: iso(now), revision: 2 })
    expect(await store.keys.revoke(key.key_id, undefined, { now: now + 1 })).toEqual(revoked)
    expect(await store.keys.anyUsable(now)).toBe(false)
    expect(await store.keys.any()).toBe(true)
  })

  it('are unusable from the instant they expire', async () => {
    expect(await store.keys.any()).toBe(false)
    await create('guest', { expires_at: iso(now) })
    expect(await store.keys.anyUsable(now - 1)).toBe(true)
    expect(await store.keys.anyUsable(now)).toBe(false)
  })

  it('record their last use', async () => {
    const key = await create('laptop')
    await store.keys.touch(key.key_id, now + 60_000)
    expect(await store.keys.find(key.key_id)).toMatchObject({ last_used_at: iso(now + 60_000), revision: 2 })
  })

  it('end so many days after their last use where they are made so, and never earlier than before', async () => {
    const end = iso(now + 30 * DAY)
    const rolling = await create('laptop', { expires_at: end, idle_days: 30 })
    const fixed = await create('guest', { expires_at: end })
    const open = await create('owner')
    const ends = async () => Promise.all([rolling, fixed, open].map(async ({ key_id }) => (await store.keys.find(key_id))!.expires_at))
    expect(rolling).toMatchObject({ expires_at: end, idle_days: 30 })
    for (const { key_id } of [rolling, fixed, open]) await store.keys.touch(key_id, now + DAY)
    expect(await ends()).toEqual([iso(now + 31 * DAY), end, undefined])
    await store.keys.touch(rolling.key_id, now)
    expect(await ends()).toEqual([iso(now + 31 * DAY), end, undefined])
    expect(await store.keys.anyUsable(now + 31 * DAY - 1)).toBe(true)
    await store.keys.touch('unknown', now)
  })

  it('that are bound to a machine follow it to another name, and no others do', async () => {
    const bound = { machine_id: 'old "name"', project_id: 'web' }
    const made = [await create('a', bound), await create('b', { machine_id: 'old' }), await create('c', { project_id: 'old "name"' })]
    await store.keys.rebind('old "name"', 'new', now)
    const places = await Promise.all(made.map(async ({ key_id }) => (await store.keys.find(key_id))!))
    expect(places.map(({ machine_id, project_id, revision }) => [machine_id, project_id, revision])).toEqual([
      ['new', 'web', 2],
      ['old', undefined, 1],
      [undefined, 'old "name"', 1],
    ])
  })

  it('share one permanent cookie secret', async () => {
    const secrets = await Promise.all([store.keys.cookieSecret(), store.keys.cookieSecret()])
    expect(secrets[0]).toHaveLength(43)
    expect(new Set([...secrets, await store.keys.cookieSecret()]).size).toBe(1)
  })
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
