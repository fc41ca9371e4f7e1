import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import { text } from 'node:stream/consumers'
import { ensureOwnerKey, ownerKeyPath, readOwnerKey, rotateOwnerKey } from '@signalbox/hub-address/owner-key'
import { expect, it } from 'vitest'
import { type HubOptions, openHub, type TestHub } from '../../test/open-hub.ts'

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const everyScope = ['read', 'write', 'ingest', 'answer', 'admin']

async function ownedHub(options: HubOptions = {}): Promise<{ hub: TestHub; key: string }> {
  const hub = await openHub(options)
  ensureOwnerKey(hub.folder)
  return { hub, key: readOwnerKey(hub.folder)!.key }
}

const whoAmI = async (hub: TestHub, headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
  hub.inject({ url: '/api/whoami', headers, remoteAddress })

it('the owner has every scope, with a hub that has keys and with one that has none', async () => {
  for (const env of [{}, { API_KEYS: '' }]) {
    const { hub, key } = await ownedHub({ env })
    for (const headers of [bearer(key), { 'x-api-key': key }]) {
      expect((await whoAmI(hub, headers)).json()).toMatchObject({ by: 'key', name: 'local owner', scopes: everyScope })
    }
    const made = await hub.inject({ method: 'POST', url: '/api/keys', headers: bearer(key), payload: { name: 'x', scopes: ['read'] } })
    expect(made.statusCode).toBe(201)
    // The first key of a hub does not lock its owner out.
    expect((await whoAmI(hub, bearer(key))).statusCode).toBe(200)
  }
})

it('the owner of a hub in development is let in before and after the first key', async () => {
  const { hub, key } = await ownedHub({ env: { API_KEYS: '', NODE_ENV: 'development' } })
  const ask = (headers: Record<string, string>) => whoAmI(hub, { host: 'localhost:4000', ...headers })
  expect((await ask({})).json()).toMatchObject({ bypass: true })
  expect((await ask(bearer(key))).json()).toMatchObject({ bypass: false, name: 'local owner' })
  const headers = { host: 'localhost', ...bearer(key) }
  const made = await hub.inject({ method: 'POST', url: '/api/keys', headers, payload: { name: 'x', scopes: ['read'] } })
  expect(made.statusCode).toBe(201)
  expect((await ask({})).statusCode).toBe(401)
  expect((await ask(bearer(key))).json()).toMatchObject({ name: 'local owner' })
})

it('heartbeats of the owner are answered too', async () => {
  const { hub, key } = await ownedHub({ env: { LOG_LEVEL: 'warn' } })
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...bearer(key), 'content-type': 'application/json', ...headers },
      body: path === '/sessions' ? '{"project_id":"p","machine_id":"m"}' : '{}',
    })
  const { session_id } = (await (await post('/sessions')).json()) as { session_id: string }
  expect((await post(`/sessions/${session_id}/heartbeat`)).status).toBe(200)
  expect((await post(`/sessions/${session_id}/heartbeat`, { 'x-forwarded-for': '127.0.0.1' })).status).toBe(401)
})

it.each([
  ['10.0.0.7', {}],
  ['::ffff:10.0.0.7', {}],
  ['fe80::1', {}],
  ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }],
  ['127.0.0.1', { 'x-forwarded-proto': 'http' }],
  ['127.0.0.1', { 'X-Forwarded-Anything': '' }],
  ['127.0.0.1', { forwarded: 'for=127.0.0.1' }],
  ['127.0.0.1', { 'x-real-ip': '127.0.0.1' }],
  ['127.0.0.1', { via: '1.1 proxy' }],
])('from %s with %j the key is refused, even by a hub that trusts proxies', async (address, headers) => {
  for (const env of [{}, { TRUST_PROXY: '127.0.0.1,10.0.0.0/8,fe80::/10' }]) {
    const { hub, key } = await ownedHub({ env })
    const answer = await whoAmI(hub, { ...bearer(key), ...headers }, address)
    expect([answer.statusCode, answer.json().suggestion]).toEqual([401, expect.stringContaining('only on the machine of the hub')])
    const login = await hub.inject({ method: 'POST', url: '/api/login', payload: { key }, headers, remoteAddress: address })
    expect(login.statusCode).toBe(401)
  }
})

it('over HTTP/1.0, which only a proxy would speak, the key is refused', async () => {
  const { hub, key } = await ownedHub()
  const { port } = new URL(await hub.app.listen({ port: 0, host: '127.0.0.1' }))
  const ask = async (version: string) => {
    const socket = net.connect(Number(port), '127.0.0.1')
    socket.write(`GET /api/whoami HTTP/${version}\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`)
    return /^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]
  }
  expect([await ask('1.1'), await ask('1.0')]).toEqual(['200', '401'])
})

it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('from %s it is accepted', async (address) => {
  const { hub, key } = await ownedHub()
  expect((await whoAmI(hub, bearer(key), address)).statusCode).toBe(200)
})

it('a request over the network is refused where the hub listens on every address, and accepted from this machine where it listens on one only', async ({
  skip,
}) => {
  const own = Object.values(os.networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
  if (own === undefined) return skip('a machine without a network has no address beside those of loopback')
  for (const [HOST, status] of [
    ['0.0.0.0', 401],
    [own, 200],
  ] as const) {
    const { hub, key } = await ownedHub({ env: { HOST } })
    await hub.app.listen({ port: 0, host: HOST })
    const { port } = hub.app.server.address() as { port: number }
    expect((await fetch(`http://${own}:${port}/api/whoami`, { headers: bearer(key) })).status).toBe(status)
  }
})

it('a browser signs in with the key, and its cookie counts on this machine only', async () => {
  const { hub, key } = await ownedHub()
  const login = await hub.inject({ method: 'POST', url: '/api/login', payload: { key } })
  expect(login.json()).toMatchObject({ by: 'cookie', name: 'local owner' })
  const cookie = String(login.headers['set-cookie']).split(';')[0]!
  expect(cookie).not.toContain(key.slice(4))
  expect((await whoAmI(hub, { cookie })).statusCode).toBe(200)
  expect((await whoAmI(hub, { cookie }, '10.0.0.7')).statusCode).toBe(401)
  expect((await whoAmI(hub, { cookie, 'x-forwarded-for': '10.0.0.7' })).statusCode).toBe(401)
  rotateOwnerKey(hub.folder)
  expect((await whoAmI(hub, { cookie })).statusCode).toBe(401)
})

it('rotation takes effect at once, and so does emptying or removing the file', async () => {
  const { hub, key } = await ownedHub()
  expect((await whoAmI(hub, bearer(key))).statusCode).toBe(200)
  rotateOwnerKey(hub.folder)
  expect((await whoAmI(hub, bearer(key))).statusCode).toBe(401)
  const next = readOwnerKey(hub.folder)!.key
  expect((await whoAmI(hub, bearer(next))).statusCode).toBe(200)
  fs.writeFileSync(ownerKeyPath(hub.folder), '')
  expect(ensureOwnerKey(hub.folder)).toBe(false)
  for (const text of [next, '', 'sbo_']) expect((await whoAmI(hub, bearer(text))).statusCode).toBe(401)
  fs.rmSync(ownerKeyPath(hub.folder))
  expect((await whoAmI(hub, bearer(next))).statusCode).toBe(401)
})

it.skipIf(process.platform === 'win32')('a file that others can write is not believed', async () => {
  const { hub, key } = await ownedHub()
  fs.chmodSync(ownerKeyPath(hub.folder), 0o666)
  expect((await whoAmI(hub, bearer(key))).statusCode).toBe(401)
})

it('an open stream of the owner ends when the key is replaced', async () => {
  const { hub, key } = await ownedHub({ streams: { keepaliveMs: 20, stalledMs: 1000 } })
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const stream = await fetch(`${url}/events`, { headers: bearer(key) })
  expect(stream.status).toBe(200)
  rotateOwnerKey(hub.folder)
  await stream.text().catch(() => '')
})

it('is never logged, right or wrong, and many wrong ones do not lock the owner out', async () => {
  const { hub, key } = await ownedHub({ env: { RATE_LIMIT_PER_MINUTE: '1000' } })
  const wrong = `sbo_${'W'.repeat(43)}`
  for (let attempt = 0; attempt < 1005; attempt++) await whoAmI(hub, bearer(wrong))
  expect((await whoAmI(hub, bearer(wrong))).statusCode).toBe(429)
  expect((await whoAmI(hub, bearer(key))).statusCode).toBe(200)
  await whoAmI(hub, bearer(key), '10.0.0.7')
  const log = JSON.stringify(hub.log)
  expect(log).toContain('key refused')
  expect(log).not.toContain(wrong.slice(4, 8))
  expect(log).not.toContain(key.slice(4, 10))
})
