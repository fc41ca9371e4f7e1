import { ensureOwnerKey, readOwnerKey } from '@signalbox/hub-address/owner-key'
import { expect, it } from 'vitest'
import { openHub, type TestHub } from '../../test/open-hub.ts'

async function linkOf(hub: TestHub, key: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}` }
  const answer = await hub.inject({ method: 'POST', url: '/api/login/links', headers })
  expect(answer.statusCode).toBe(201)
  return answer.json().path
}
const cookieOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie']).split(';')[0]!

it('a link signs a browser in once, with the key that made it', async () => {
  const hub = await openHub()
  const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'guest', scopes: ['read'] } })).json()
  const url = await linkOf(hub, key)
  // A program that only looks does not use it up.
  expect((await hub.inject({ method: 'HEAD', url })).statusCode).toBe(401)
  const followed = await hub.inject({ url })
  expect([followed.statusCode, followed.headers.location]).toEqual([303, '/app'])
  const who = await hub.inject({ url: '/api/whoami', headers: { cookie: cookieOf(followed) } })
  expect(who.json()).toMatchObject({ by: 'cookie', name: 'guest', scopes: ['read'] })
  const again = await hub.inject({ url })
  expect([again.statusCode, again.headers['set-cookie'], again.json().suggestion]).toEqual([
    401,
    undefined,
    expect.stringContaining('signalbox open'),
  ])
})

it('a link ends after a minute', async () => {
  const hub = await openHub()
  const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'guest', scopes: ['read'] } })).json()
  const [early, late] = [await linkOf(hub, key), await linkOf(hub, key)]
  hub.clock.pass(59_999)
  expect((await hub.inject({ url: early })).statusCode).toBe(303)
  hub.clock.pass(1)
  expect((await hub.inject({ url: late })).statusCode).toBe(401)
})

it('the link of the owner signs in a browser on this machine only', async () => {
  const hub = await openHub()
  ensureOwnerKey(hub.folder)
  const url = await linkOf(hub, readOwnerKey(hub.folder)!.key)
  const cookie = cookieOf(await hub.inject({ url }))
  expect((await hub.inject({ url: '/api/whoami', headers: { cookie } })).json()).toMatchObject({ name: 'local owner' })
  expect((await hub.inject({ url: '/api/whoami', headers: { cookie }, remoteAddress: '10.0.0.7' })).statusCode).toBe(401)
})

it('a link may be asked to last longer', async () => {
  const hub = await openHub()
  const link = (expires_in_s: number) => hub.ask('POST', '/api/login/links', { payload: { expires_in_s } })
  const { path, expires_at } = (await link(600)).json()
  expect(expires_at).toBe('2026-10-06T09:22:00.000Z')
  hub.clock.pass(599_999)
  expect((await hub.inject({ url: path })).statusCode).toBe(303)
  expect((await link(601)).statusCode).toBe(400)
})

it('without a key there is a link only while the hub needs none, and then it leads to the page', async () => {
  const closed = await openHub()
  expect((await closed.inject({ method: 'POST', url: '/api/login/links' })).statusCode).toBe(401)
  const hub = await openHub({ env: { API_KEYS: '', NODE_ENV: 'development' } })
  const headers = { host: 'localhost' }
  const { path } = (await hub.inject({ method: 'POST', url: '/api/login/links', headers })).json()
  const followed = await hub.inject({ url: path, headers })
  expect([followed.statusCode, followed.headers['set-cookie']]).toEqual([303, undefined])
})
