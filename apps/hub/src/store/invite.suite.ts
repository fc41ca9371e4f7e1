import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import { EXPIRED_INVITE_TTL_MS } from './invite.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const expires_at = now + 600_000

/** The contract of `InviteStore`, for any store. */
export function inviteSuite(open: () => Promise<Store>): void {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  const invite = async (more: { name?: string; any_machine?: boolean } = {}): Promise<string> => {
    const hash = randomUUID()
    const named = { invite_id: `i_${hash}`, ...more, scopes: ['ingest', 'read'] as const, expires_at }
    await store.invites.create(named, hash, { now })
    return hash
  }
  const someKey = () => {
    const id = randomUUID()
    const end = { expires_at: '2027-10-06T09:12:00.000Z', idle_days: 365 }
    return { key_id: `k_${id}`, prefix: `sbx_${id.slice(0, 4)}`, hash: id, machine_id: 'box-7', ...end }
  }

  it('make one key with their name and scopes', async () => {
    const hash = await invite({ name: 'the "laptop" \u{1f4bb}' })
    const key = someKey()
    const redeemed = await store.invites.redeem(hash, key, { now: now + 5 })
    expect(redeemed).toMatchObject({
      outcome: 'redeemed',
      key: { key_id: key.key_id, name: 'the "laptop" \u{1f4bb}', scopes: ['ingest', 'read'], created_at: '2026-10-06T09:12:00.005Z' },
    })
    expect(await store.keys.findByPrefix(key.prefix)).toEqual([{ key: redeemed.outcome === 'redeemed' && redeemed.key, hash: key.hash }])
    expect(await store.invites.redeem(hash, someKey(), { now: now + 6 })).toEqual({ outcome: 'used' })
    expect((await store.keys.list({ limit: 9, offset: 0 })).total).toBe(1)
  })

  it('name the key after the machine where they have no name', async () => {
    expect(await store.invites.redeem(await invite(), someKey(), { now })).toMatchObject({ key: { name: 'box-7' } })
  })

  it('bind the key to the machine unless they are for any, and give it its end', async () => {
    const end = { expires_at: '2027-10-06T09:12:00.000Z', idle_days: 365 }
    expect(await store.invites.redeem(await invite(), someKey(), { now })).toMatchObject({ key: { machine_id: 'box-7', ...end } })
    const free = await store.invites.redeem(await invite({ any_machine: true }), someKey(), { now })
    expect(free).toMatchObject({ key: { name: 'box-7', ...end } })
    expect(free).not.toHaveProperty('key.machine_id')
  })

  it('make one key when many redeem at once', async () => {
    const hash = await invite()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => store.invites.redeem(hash, someKey(), { now })))
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['redeemed', ...Array.from({ length: 7 }, () => 'used')])
    expect((await store.keys.list({ limit: 9, offset: 0 })).total).toBe(1)
  })

  it('make none with another code, and from the instant they expire', async () => {
    const hash = await invite()
    expect(await store.invites.redeem('another', someKey(), { now })).toEqual({ outcome: 'unknown' })
    expect(await store.invites.redeem(hash, someKey(), { now: expires_at })).toEqual({ outcome: 'expired' })
    expect(await store.keys.any()).toBe(false)
    expect(await store.invites.redeem(hash, someKey(), { now: expires_at - 1 })).toMatchObject({ outcome: 'redeemed' })
  })

  it('are removed a day after they have expired', async () => {
    const hash = await invite()
    expect(await store.sweep(expires_at + EXPIRED_INVITE_TTL_MS - 1)).toBe(0)
    expect(await store.sweep(expires_at + EXPIRED_INVITE_TTL_MS)).toBe(1)
    expect(await store.invites.redeem(hash, someKey(), { now })).toEqual({ outcome: 'unknown' })
  })
}
