import { once } from 'node:events'
import fs from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'

const proxied = { TRUST_PROXY: 'loopback' }

/** Signs in as a browser does whose page is at `origin`. */
async function signIn(hub: TestHub, origin: string, headers: Record<string, string | string[]>) {
  const answer = await hub.inject({ method: 'POST', url: '/api/login', payload: { key: masterKey }, headers: { ...headers, origin } })
  return { answer, status: answer.statusCode, cookie: answer.cookies[0] as { path?: string; secure?: boolean } | undefined }
}

describe('a page is the hub’s own', () => {
  it.each([
    ['the default port is named', { 'x-forwarded-host': 'hub.example:443', 'x-forwarded-proto': 'https' }, 'https://hub.example'],
    ['the scheme is in capitals', { 'x-forwarded-host': 'hub.example', 'x-forwarded-proto': 'HTTPS' }, 'https://hub.example'],
    [
      'the port is said apart',
      { host: 'hub.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443' },
      'https://hub.example:8443',
    ],
    [
      'two trusted proxies have written a list',
      { 'x-forwarded-for': '203.0.113.7, 127.0.0.2', 'x-forwarded-host': 'hub.example, inner', 'x-forwarded-proto': 'https, http' },
      'https://hub.example',
    ],
    ['the browser says so itself', { host: 'anything', 'sec-fetch-site': 'same-origin' }, 'https://hub.example:8443'],
  ])('where %s', async (_, headers, origin) => {
    const hub = await openHub({ env: proxied })
    const { status, cookie } = await signIn(hub, origin, { 'x-forwarded-for': '203.0.113.7', ...headers })
    // Secure as soon as a proxy says https, however it writes it.
    expect([status, cookie?.secure]).toEqual([200, 'x-forwarded-proto' in headers || undefined])
  })

  it('whose cookie is not Secure where the nearest proxy says http, whatever was written before it', async () => {
    const hub = await openHub({ env: { TRUST_PROXY: '127.0.0.1' } })
    const list = { 'x-forwarded-for': '203.0.113.7, 198.51.100.2', 'x-forwarded-host': 'hub.example', 'x-forwarded-proto': 'https, http' }
    const { status, cookie } = await signIn(hub, 'http://hub.example', list)
    expect([status, cookie?.secure]).toEqual([200, undefined])
  })

  it('where PUBLIC_URL names it, whatever a proxy sends', async () => {
    const hub = await openHub({ env: { PUBLIC_URL: 'https://Hub.Example:8443/' } })
    const { status, cookie } = await signIn(hub, 'https://hub.example:8443', { host: '127.0.0.1:4000' })
    expect([status, cookie?.secure]).toEqual([200, true])
    // The hub can still be opened on its own machine, where a Secure cookie would be lost over http.
    const local = await signIn(hub, 'http://127.0.0.1:4000', { host: '127.0.0.1:4000' })
    expect([local.status, local.cookie?.secure]).toEqual([200, undefined])
  })

  it('is not where the client only says so: a header that the nearest trusted proxy did not write', async () => {
    const hub = await openHub({ env: { TRUST_PROXY: '127.0.0.1' } })
    const list = { 'x-forwarded-for': '203.0.113.7, 198.51.100.2', 'x-forwarded-host': 'evil.example, hub.example' }
    expect((await signIn(hub, 'http://evil.example', list)).status).toBe(403)
    expect((await signIn(hub, 'http://hub.example', list)).status).toBe(200)
    const untrusting = await openHub()
    for (const header of ['x-forwarded-host', 'x-forwarded-port', 'x-forwarded-prefix', 'forwarded']) {
      const sent = {
        host: 'hub.example',
        'x-forwarded-for': '203.0.113.7',
        [header]: header === 'forwarded' ? 'host=evil.example' : 'evil.example',
      }
      expect((await signIn(untrusting, 'http://evil.example', sent)).status, header).toBe(403)
    }
  })
})

it('the refusal of a page names both addresses and the setting that mends it, and so does the log', async () => {
  const hub = await openHub({ env: proxied })
  const { status, answer } = await signIn(hub, 'https://hub.example:8443', { host: 'hub.example', 'x-forwarded-for': '203.0.113.7' })
  expect([status, answer.json()]).toEqual([
    403,
    expect.objectContaining({
      message: 'The request comes from a page of https://hub.example:8443, and the address of this hub is http://hub.example',
      suggestion: expect.stringContaining('PUBLIC_URL=https://hub.example:8443'),
      details: { origin: 'https://hub.example:8443', own: ['http://hub.example'] },
    }),
  ])
  expect(hub.log).toContainEqual(
    expect.objectContaining({
      level: 'WARN',
      origin: 'https://hub.example:8443',
      own: ['http://hub.example'],
      msg: expect.stringContaining('PUBLIC_URL'),
    }),
  )
})

it.each([
  [
    'Forwarded of a trusted proxy, which is not read',
    { forwarded: 'for=203.0.113.7;host=hub.example;proto=https' },
    'http://127.0.0.1:4000',
  ],
  [
    'X-Forwarded-For and Forwarded of a trusted proxy',
    { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7;host=hub.example;proto=https' },
    'http://127.0.0.1:4000',
  ],
  [
    'the Host of the upstream with X-Forwarded-Proto',
    { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' },
    'https://127.0.0.1:4000',
  ],
  ['the Host of the upstream with X-Forwarded-Proto alone', { 'x-forwarded-proto': 'https' }, 'https://127.0.0.1:4000'],
])('a sign-in is refused with both addresses and the setting where all that the hub gets is %s', async (_, headers, own) => {
  const hub = await openHub({ env: proxied })
  const { status, answer } = await signIn(hub, 'https://hub.example', { host: '127.0.0.1:4000', ...headers })
  expect([status, answer.json()]).toMatchObject([
    403,
    {
      message: `The request comes from a page of https://hub.example, and the address of this hub is ${own}`,
      suggestion: expect.stringContaining('PUBLIC_URL=https://hub.example '),
    },
  ])
})

function buildFolder(): string {
  const folder = tempFolder()
  fs.mkdirSync(path.join(folder, 'assets'))
  fs.writeFileSync(path.join(folder, 'index.html'), '<link href="./assets/a.css"><script src="./assets/a.js"></script>')
  fs.writeFileSync(path.join(folder, 'assets/a.js'), 'x')
  return folder
}

/** Requests over a real socket, as the path is taken off before Fastify sees it. */
async function listen(hub: TestHub): Promise<string> {
  await hub.app.listen({ port: 0, host: '127.0.0.1' })
  if (!hub.app.server.listening) await once(hub.app.server, 'listening')
  return `http://127.0.0.1:${(hub.app.server.address() as AddressInfo).port}`
}

describe('below a path', () => {
  const headers = { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' }
  const ways = [
    ['BASE_PATH, and a proxy that does not take it off', { BASE_PATH: '/signalbox/' }, '/signalbox', {}],
    ['BASE_PATH, and a proxy that takes it off', { BASE_PATH: '/signalbox' }, '', {}],
    ['the path of PUBLIC_URL', { PUBLIC_URL: 'https://hub.example/signalbox/' }, '/signalbox', {}],
    [
      'X-Forwarded-Prefix of a trusted proxy, which takes it off',
      proxied,
      '',
      { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-prefix': '/signalbox/' },
    ],
  ] as const

  it.each(ways)('by %s, everything that the hub names is below it', async (_, env, prefix, forwarded) => {
    const hub = await openHub({ env, dashboard: buildFolder() })
    const url = (await listen(hub)) + prefix
    const get = (where: string) => fetch(`${url}${where}`, { headers: { ...headers, ...forwarded }, redirect: 'manual' })
    expect((await get('/')).headers.get('location')).toBe('/signalbox/app')
    const page = await get('/app/usage')
    expect(await page.text()).toBe('<link href="/signalbox/assets/a.css"><script src="/signalbox/assets/a.js"></script>')
    expect((await get('/assets/a.js')).status).toBe(200)
    const post = (where: string, body: object) =>
      fetch(`${url}${where}`, { method: 'POST', headers: { ...headers, ...forwarded }, body: JSON.stringify(body), redirect: 'manual' })
    const created = await post('/sessions', { project_id: 'p', machine_id: 'm' })
    const { session_id } = (await created.json()) as { session_id: string }
    expect(created.headers.get('location')).toBe(`/signalbox/sessions/${session_id}`)
    await post('/sessions', { project_id: 'p', machine_id: 'm2' })
    expect((await post(`/sessions/${session_id}/heartbeat`, {})).status).toBe(200)
    expect((await get('/sessions?limit=1')).headers.get('link')).toMatch(/^<\/signalbox\/sessions\?limit=1&cursor=\w+>; rel="next"$/)
    const signedIn = await post('/api/login', { key: masterKey })
    expect(signedIn.headers.get('set-cookie')).toContain('Path=/signalbox')
    const link = (await (await post('/api/login/links', {})).json()) as { path: string }
    const followed = await get(link.path)
    expect([followed.status, followed.headers.get('location')]).toEqual([303, '/signalbox/app'])
    const stream = await get('/events')
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    await stream.body?.cancel()
    expect((await post('/mcp', { jsonrpc: '2.0', id: 1, method: 'ping' })).status).not.toBe(404)
  })

  it('a path that is none, or two that differ, are refused; a prefix that could be more than a path is not believed', async () => {
    for (const env of [
      { BASE_PATH: 'signalbox' },
      { BASE_PATH: '/a/../b' },
      { BASE_PATH: '/"><script>' },
      { PUBLIC_URL: 'https://hub.example/a', BASE_PATH: '/b' },
      { PUBLIC_URL: 'https://hub.example/?a' },
      { PUBLIC_URL: 'https://me@hub.example/' },
      { PUBLIC_URL: 'hub.example' },
    ]) {
      await expect(openHub({ env }), JSON.stringify(env)).rejects.toThrow(/BASE_PATH|PUBLIC_URL/)
    }
    const hub = await openHub({ env: proxied, dashboard: buildFolder() })
    for (const prefix of ['"><script>alert(1)</script>', '//evil.example', '/a/../..', '/a;b', 'https://evil.example']) {
      const answer = await hub.inject({ url: '/app', headers: { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-prefix': prefix } })
      expect(answer.body, prefix).toContain('href="/assets/a.css"')
    }
  })
})

it('an invite names PUBLIC_URL', async () => {
  const hub = await openHub({ env: { PUBLIC_URL: 'https://hub.example/signalbox' } })
  const answer = await hub.ask('POST', '/api/invites', { payload: {} })
  expect(answer.json()).toMatchObject({ url: 'https://hub.example/signalbox', loopback: false })
  expect(answer.json().command).toContain('npx signalbox connect https://hub.example/signalbox ')
})
