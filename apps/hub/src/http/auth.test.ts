import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { generateKey } from './key-text.ts'

const none = { API_KEYS: '' }
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

async function makeKey(hub: TestHub, body: object): Promise<{ key: string; key_id: string; prefix: string }> {
  const answer = await hub.ask('POST', '/api/keys', { payload: body })
  expect(answer.statusCode).toBe(201)
  return answer.json()
}

describe('a key', () => {
  it('is read from Authorization: Bearer and from X-API-Key', async () => {
    const hub = await openHub()
    for (const headers of [bearer(masterKey), { authorization: `bearer   ${masterKey} ` }, { 'x-api-key': masterKey }]) {
      expect((await hub.inject({ url: '/api/whoami', headers })).json()).toMatchObject({
        authenticated: true,
        by: 'key',
        name: 'API_KEYS[0]',
      })
    }
  })

  it('by Bearer takes precedence when both are sent, even when it is wrong', async () => {
    const hub = await openHub()
    const wrong = await hub.inject({ url: '/api/whoami', headers: { ...bearer('wrong'), 'x-api-key': masterKey } })
    expect([wrong.statusCode, wrong.json().message]).toEqual([401, 'Invalid API key'])
    const right = await hub.inject({ url: '/api/whoami', headers: { ...bearer(masterKey), 'x-api-key': 'wrong' } })
    expect(right.statusCode).toBe(200)
    const empty = await hub.inject({ url: '/api/whoami', headers: { authorization: 'Bearer ', 'x-api-key': masterKey } })
    expect([empty.statusCode, empty.json().message]).toEqual([401, 'API key is missing'])
  })

  it('is read from the other header when Authorization is of another kind', async () => {
    const hub = await openHub()
    const basic = { authorization: 'Basic YTpi' }
    expect((await hub.inject({ url: '/api/whoami', headers: { ...basic, 'x-api-key': masterKey } })).statusCode).toBe(200)
    expect((await hub.inject({ url: '/api/whoami', headers: basic })).json()).toMatchObject({
      errorCode: 'AUTH_MISSING',
      message: 'API key is missing',
    })
  })

  it('comes from API_KEYS, a trimmed list, with every scope', async () => {
    const hub = await openHub({ env: { API_KEYS: ' one key , another ,, ' } })
    for (const key of ['one key', 'another']) {
      expect((await hub.inject({ url: '/api/whoami', headers: bearer(key) })).json().scopes).toEqual([
        'read',
        'write',
        'ingest',
        'answer',
        'admin',
      ])
    }
    expect((await hub.inject({ url: '/api/whoami', headers: bearer('') })).statusCode).toBe(401)
  })

  it('comes from CLAUDE_SYNC_API_KEY, for ingest alone', async () => {
    const hub = await openHub({ env: { ...none, CLAUDE_SYNC_API_KEY: 'sync' } })
    const post = (url: string, payload: object) => hub.inject({ method: 'POST', url, payload, headers: bearer('sync') })
    expect((await post('/api/usage/calls', { machine_id: 'a', calls: [] })).statusCode).toBe(200)
    const refused = await hub.inject({ url: '/api/usage', headers: bearer('sync') })
    expect([refused.statusCode, refused.json().errorCode]).toEqual([403, 'AUTH_FORBIDDEN'])
    expect(refused.json().message).toContain('scope read')
    expect((await post('/api/keys', { name: 'x', scopes: ['read'] })).statusCode).toBe(403)
  })

  it('that is managed has its scopes until it expires or is revoked', async () => {
    const hub = await openHub()
    const { key, key_id } = await makeKey(hub, { name: 'guest', scopes: ['read'], expires_at: '2026-10-07T00:00:00.000Z' })
    const ask = (url: string) => hub.inject({ url, headers: bearer(key) })
    expect((await ask('/api/usage')).statusCode).toBe(200)
    expect((await ask('/api/keys')).json()).toMatchObject({ errorCode: 'AUTH_FORBIDDEN', details: { needed: 'admin', scopes: ['read'] } })
    hub.clock.pass(86_400_000)
    const over = await ask('/api/usage')
    expect(over.json()).toMatchObject({ errorCode: 'AUTH_INVALID', message: 'Invalid API key' })
    expect(over.json().suggestion).toContain('ended on 2026-10-07')
    hub.clock.pass(-86_400_000)
    expect((await ask('/api/usage')).statusCode).toBe(200)
    expect((await hub.ask('DELETE', `/api/keys/${key_id}`)).statusCode).toBe(204)
    expect((await ask('/api/usage')).json().suggestion).toContain('revoked')
  })

  it('ends in a year unless it is said when, and never where that is said; it can see its end and what it is bound to', async () => {
    const hub = await openHub()
    const end = async (more: object) => {
      const made = await makeKey(hub, { name: 'guest', scopes: ['read'], ...more })
      const { authenticated, by, name, scopes, bypass, store_id, quotas, ...rest } = (
        await hub.inject({ url: '/api/whoami', headers: bearer(made.key) })
      ).json()
      expect((await hub.ask('GET', `/api/keys/${made.key_id}`)).json()).toMatchObject(rest)
      return rest
    }
    expect(await end({})).toEqual({ expires_at: '2027-10-06T09:12:00.000Z' })
    expect(await end({ expires_at: '2026-12-24T00:00:00.000Z' })).toEqual({ expires_at: '2026-12-24T00:00:00.000Z' })
    const bound = { machine_id: 'box-7', project_id: 'web' }
    expect(await end({ expires_at: null, ...bound })).toEqual(bound)
    expect((await hub.ask('POST', '/api/keys', { payload: { name: 'x', scopes: ['read'], expires_at: '' } })).statusCode).toBe(400)
  })

  it('is stored only as its hash', async () => {
    const hub = await openHub()
    const { key, prefix } = await makeKey(hub, { name: 'laptop', scopes: ['ingest'] })
    expect(key).toMatch(/^sbx_[\w-]{43}$/)
    expect(key.startsWith(prefix)).toBe(true)
    const [stored] = await hub.store.keys.findByPrefix(prefix)
    expect(stored?.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify((await hub.ask('GET', '/api/keys')).json())).not.toContain(key)
    hub.store.connection.db.pragma('wal_checkpoint(TRUNCATE)')
    expect(hub.store.connection.db.serialize().includes(key)).toBe(false)
  })

  it('notes its last use, to the minute', async () => {
    const hub = await openHub()
    const { key, key_id } = await makeKey(hub, { name: 'laptop', scopes: ['read'] })
    const use = async () => {
      await hub.inject({ url: '/api/usage', headers: bearer(key) })
      // The note is written after the answer, and a write after it is answered after it.
      await hub.store.events.append([], { now: 0 })
      return (await hub.store.keys.find(key_id))?.last_used_at
    }
    expect(await use()).toBe('2026-10-06T09:12:00.000Z')
    hub.clock.pass(59_000)
    expect(await use()).toBe('2026-10-06T09:12:00.000Z')
    hub.clock.pass(1_000)
    expect(await use()).toBe('2026-10-06T09:13:00.000Z')
  })
})

describe('without a key', () => {
  it('only health, the page, its login, the exchange of an invite and links that work once are public', async () => {
    const hub = await openHub()
    const open = new Set<string>()
    const routes = hub.app.swagger() as { paths: Record<string, Record<string, unknown>> }
    for (const [path, methods] of Object.entries(routes.paths)) {
      for (const method of Object.keys(methods)) {
        const answer = await hub.inject({ method: method.toUpperCase() as 'GET', url: path.replaceAll(/\{\w+\}/g, 'x') })
        if (answer.statusCode !== 401) open.add(`${method.toUpperCase()} ${path}`)
      }
    }
    // The login is open, but has not been given a key here, nor the exchange a code, nor the links what they are signed with.
    expect([...open].sort()).toEqual(['GET /api/health', 'GET /health', 'GET /health/ready', 'POST /api/invites/redeem', 'POST /api/login'])
    for (const url of ['/api/docs', '/api/docs/', '/api/docs/json', '/api/docs/yaml', '/api/docs/static/swagger-ui.css']) {
      expect((await hub.inject({ url })).statusCode, url).toBe(401)
    }
    expect((await hub.inject({ url: '/' })).headers.location).toBe('/app')
  })

  it.each([
    ['/api/usage', 'GET', {}, 'API key is missing', 'AUTH_MISSING'],
    ['/api/usage', 'GET', bearer('wrong'), 'Invalid API key', 'AUTH_INVALID'],
  ] as const)('%s %s %o answers 401: %s', async (url, method, headers, message, errorCode) => {
    const hub = await openHub()
    const answer = await hub.inject({ url, method, headers })
    expect([answer.statusCode, answer.json().message, answer.json().errorCode]).toEqual([401, message, errorCode])
    expect(answer.json().suggestion).not.toBe('')
  })

  it('a hub without keys answers how to create one', async () => {
    const hub = await openHub({ env: none })
    for (const headers of [{}, bearer('any')]) {
      const answer = await hub.inject({ url: '/api/usage', headers })
      expect([answer.statusCode, answer.json().message]).toEqual([401, 'API keys not configured'])
      expect(answer.json().suggestion).toContain('signalbox keys create')
    }
  })

  it('every refused key is logged with its first eight characters, address and request id', async () => {
    const hub = await openHub()
    await hub.inject({ url: '/api/usage', headers: { ...bearer('sbx_abcdefghijklmnop'), 'x-request-id': 'mine' } })
    const line = hub.log.find(({ msg }) => msg === 'key refused')
    expect(line).toMatchObject({ level: 'WARN', key_prefix: 'sbx_abcd', address: '127.0.0.1', request_id: 'mine' })
    await hub.inject({ url: '/api/usage', headers: bearer('short') })
    expect(JSON.stringify(hub.log)).not.toContain('short')
    expect(JSON.stringify(hub.log)).not.toContain('abcdefgh')
  })

  describe('wrong keys', () => {
    const strong = 'Xq7-Zt2_mB9cV4nK8pL1wR6sD3fG5hJ0'
    const request = (hub: TestHub, key: string, remoteAddress = '10.0.0.1') =>
      hub.inject({ url: '/api/whoami', headers: bearer(key), remoteAddress })
    const login = (hub: TestHub, key: string, remoteAddress = '10.0.0.1') =>
      hub.inject({ method: 'POST', url: '/api/login', payload: { key }, remoteAddress })
    async function tryWrong(hub: TestHub, times: number, address: (n: number) => string = () => '10.0.0.1'): Promise<number[]> {
      const statuses = []
      for (let n = 0; n < times; n++) statuses.push((await request(hub, `wrong ${n}`, address(n))).statusCode)
      return statuses
    }

    it('are slowed by network once ten different ones were tried, for longer each time', async () => {
      const hub = await openHub()
      expect(await tryWrong(hub, 12)).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
      const waits: number[] = []
      for (let n = 0; n < 14; n++) {
        const refused = await request(hub, `more ${n}`)
        expect([refused.statusCode, refused.json().errorCode]).toEqual([429, 'RATE_LIMITED'])
        waits.push(Number(refused.headers['retry-after']))
        hub.clock.pass(waits.at(-1)! * 1000)
        expect((await request(hub, `more ${n}`)).statusCode).toBe(401)
      }
      expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
      expect((await request(hub, 'wrong', '10.0.0.2')).statusCode).toBe(401)
    })

    it.each([
      ['of an IPv6 network', (n: number) => `2001:db8:0:1::${n.toString(16)}`, '2001:db8:0:1:ffff::1', '2001:db8:0:2::1'],
      ['of an IPv4 address in either spelling', (n: number) => (n % 2 === 0 ? '10.0.0.1' : '::ffff:10.0.0.1'), '::ffff:a00:1', '10.0.0.3'],
    ])('count together when they come from addresses %s', async (_, address, fresh, other) => {
      const hub = await openHub()
      await tryWrong(hub, 12, address)
      expect((await request(hub, 'one more', fresh)).statusCode).toBe(429)
      expect((await login(hub, 'one more', fresh)).statusCode).toBe(429)
      expect((await request(hub, 'one more', other)).statusCode).toBe(401)
    })

    it('never lock out a known key behind the same address, not even right after a restart', async () => {
      const hub = await openHub({ env: { API_KEYS: `${masterKey},${strong}` } })
      const { key } = await makeKey(hub, { name: 'page', scopes: ['read'] })
      await tryWrong(hub, 150)
      for (const known of [strong, key]) {
        expect((await request(hub, known)).statusCode).toBe(200)
        expect((await login(hub, known)).statusCode).toBe(200)
      }
    })

    it('a script with one dead key slows itself alone', async () => {
      const hub = await openHub({ env: { RATE_LIMIT_PER_MINUTE: '100' } })
      const dead = await makeKey(hub, { name: 'dead', scopes: ['write'] })
      const { key } = await makeKey(hub, { name: 'page', scopes: ['read'] })
      await hub.ask('DELETE', `/api/keys/${dead.key_id}`)
      const statuses = []
      for (let n = 0; n < 110; n++) statuses.push((await request(hub, dead.key)).statusCode)
      expect(statuses.filter((status) => status === 401)).toHaveLength(20)
      expect(statuses.at(-1)).toBe(429)
      expect((await request(hub, key)).statusCode).toBe(200)
      expect((await login(hub, key)).statusCode).toBe(200)
      // A person who mistypes learns so.
      expect((await login(hub, 'mistyped')).statusCode).toBe(401)
    })

    it('and a weak key, which could be guessed, is one of them until it was used', async () => {
      const hub = await openHub({ env: { API_KEYS: `${masterKey},second` } })
      await tryWrong(hub, 12)
      expect((await request(hub, 'second')).statusCode).toBe(429)
      expect((await request(hub, 'second', '10.0.0.2')).statusCode).toBe(200)
      expect((await request(hub, 'second')).statusCode).toBe(200)
    })

    it('a program without a key does not keep people from signing in', async () => {
      const hub = await openHub({ env: { RATE_LIMIT_PER_MINUTE: '5' } })
      for (let n = 0; n < 9; n++) await hub.inject({ url: '/api/usage', remoteAddress: '10.0.0.1' })
      expect((await hub.inject({ url: '/api/usage', remoteAddress: '10.0.0.1' })).statusCode).toBe(429)
      expect((await login(hub, masterKey)).statusCode).toBe(200)
    })
  })
})

describe('the bypass', () => {
  const development = { ...none, NODE_ENV: 'development' }
  const local = { host: 'localhost:4000' }

  it('opens every route in development, on loopback, while no key was ever created', async () => {
    const hub = await openHub({ env: development })
    expect((await hub.inject({ url: '/api/whoami', headers: local })).json()).toEqual({
      authenticated: true,
      by: 'bypass',
      scopes: ['read', 'write', 'ingest', 'answer', 'admin'],
      bypass: true,
      store_id: expect.any(String),
      quotas: expect.objectContaining({ rows: { used: 0, limit: 5_000_000 } }),
    })
  })

  it.each([
    ['not in development', { ...none }],
    ['not beyond loopback', { ...development, HOST: '0.0.0.0' }],
    ['not beside a key from the environment', { ...development, API_KEYS: 'one' }],
    ['not beside the key of a collector', { ...development, CLAUDE_SYNC_API_KEY: 'one' }],
  ])('is %s', async (_, env) => {
    const hub = await openHub({ env })
    expect((await hub.inject({ url: '/api/whoami', headers: local })).statusCode).toBe(401)
  })

  it('ends with the first managed key, at once, and stays ended when that is revoked', async () => {
    const hub = await openHub({ env: development })
    expect((await hub.inject({ url: '/api/whoami', headers: local })).statusCode).toBe(200)
    const { key, hash, ...fields } = generateKey()
    const { key_id } = await hub.store.keys.create({ ...fields, name: 'first', scopes: ['admin'] }, hash, { now: hub.clock.now() })
    expect((await hub.inject({ url: '/api/whoami', headers: local })).statusCode).toBe(401)
    await hub.inject({ method: 'DELETE', url: `/api/keys/${key_id}`, headers: { ...local, ...bearer(key) } })
    expect((await hub.inject({ url: '/api/whoami', headers: local })).statusCode).toBe(401)
  })

  it('makes no keys, and no codes that make keys: those it lets in for now are not to stay', async () => {
    const hub = await openHub({ env: development })
    for (const [url, payload] of [
      ['/api/keys', { name: 'x', scopes: ['read'] }],
      ['/api/invites', {}],
    ] as const) {
      const answer = await hub.inject({ method: 'POST', url, payload, headers: local })
      expect([answer.statusCode, answer.json().suggestion]).toEqual([403, expect.stringContaining('signalbox')])
    }
    expect(await hub.store.keys.any()).toBe(false)
  })

  it.each([
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Real-IP',
    'Forwarded',
    'Via',
    'CF-Connecting-IP',
    'CF-Ray',
    'X-Original-URL',
    'X-Original-Forwarded-For',
    'Fly-Client-IP',
    'Tailscale-User-Login',
    'True-Client-IP',
    'X-Client-IP',
    'X-Amzn-Trace-Id',
    'X-Envoy-External-Address',
    'Fastly-Client-IP',
  ])('is closed to what a proxy forwards: %s', async (name) => {
    const hub = await openHub({ env: development })
    const answer = await hub.inject({ url: '/api/whoami', headers: { host: '127.0.0.1:4000', [name]: '127.0.0.1' } })
    expect([answer.statusCode, answer.json().suggestion]).toEqual([401, expect.stringContaining('proxy')])
    expect(hub.log.map(({ msg }) => msg)).toContain('a proxy forwards requests to this hub; they need a key')
  })

  it('is open to what a trusted proxy forwards from this machine only', async () => {
    const hub = await openHub({ env: { ...development, TRUST_PROXY: 'loopback' } })
    const from = async (forwarded: string) =>
      (await hub.inject({ url: '/api/whoami', headers: { ...local, 'x-forwarded-for': forwarded } })).statusCode
    expect([await from('127.0.0.1'), await from('203.0.113.7'), await from('203.0.113.7, 127.0.0.1')]).toEqual([200, 401, 401])
  })

  describe('by Host', () => {
    let hub: TestHub
    beforeAll(async () => {
      hub = await openHub({ env: development }, afterAll)
    })

    it.each(['localhost', 'localhost:4000', '127.0.0.1:4000', '127.8.9.1', '[::1]:4000', 'hub.localhost:80', 'LOCALHOST'])(
      'answers to %s',
      async (host) => {
        expect((await hub.inject({ url: '/api/whoami', headers: { host } })).statusCode).toBe(200)
      },
    )

    it.each(['evil.example', 'evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.0.7', '[fe80::1]', '[::1'])(
      'does not answer to "%s", a foreign name that resolves to this machine',
      async (host) => {
        const answer = await hub.inject({ url: '/api/whoami', headers: { host } })
        expect([answer.statusCode, answer.json().errorCode]).toEqual([403, 'AUTH_FORBIDDEN'])
      },
    )
  })

  it('lets no page of another origin change anything', async () => {
    const hub = await openHub({ env: development })
    const post = (headers: object) =>
      hub.inject({ method: 'POST', url: '/api/usage/calls', payload: { machine_id: 'a', calls: [] }, headers: { ...local, ...headers } })
    expect((await post({})).statusCode).toBe(200)
    expect((await post({ origin: 'http://localhost:4000' })).statusCode).toBe(200)
    for (const origin of ['http://evil.example', 'http://localhost:5000', 'https://localhost:4000', 'null']) {
      expect((await post({ origin })).statusCode, origin).toBe(403)
    }
  })
})

describe('a browser that is signed in', () => {
  const origin = 'http://hub.example'
  const at = { host: 'hub.example' }

  async function signIn(hub: TestHub, key = masterKey, headers: object = {}) {
    const answer = await hub.inject({ method: 'POST', url: '/api/login', payload: { key }, headers: { ...at, ...headers } })
    const [cookie] = answer.cookies as {
      name: string
      value: string
      httpOnly?: boolean
      sameSite?: string
      secure?: boolean
      maxAge?: number
      path?: string
    }[]
    return { answer, cookie: cookie!, headers: { ...at, cookie: `${cookie?.name}=${encodeURIComponent(cookie?.value ?? '')}` } }
  }

  it('gets a signed cookie that no script can read and no other origin can send', async () => {
    const hub = await openHub()
    const { answer, cookie, headers } = await signIn(hub)
    expect(answer.json()).toEqual({
      authenticated: true,
      by: 'cookie',
      name: 'API_KEYS[0]',
      scopes: ['read', 'write', 'ingest', 'answer', 'admin'],
      bypass: false,
      store_id: expect.any(String),
    })
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', maxAge: 30 * 86_400 })
    expect(cookie.secure).toBeUndefined()
    expect(cookie.value).not.toContain(masterKey)
    expect((await hub.inject({ url: '/api/whoami', headers })).json()).toMatchObject({ by: 'cookie' })
  })

  it('gets a Secure cookie behind https', async () => {
    const hub = await openHub({ env: { TRUST_PROXY: '127.0.0.1' } })
    expect((await signIn(hub, masterKey, { 'x-forwarded-proto': 'https' })).cookie.secure).toBe(true)
    const other = await openHub()
    expect((await signIn(other, masterKey, { 'x-forwarded-proto': 'https' })).cookie.secure).toBeUndefined()
  })

  it('needs a matching Origin to change anything', async () => {
    const hub = await openHub()
    const { headers } = await signIn(hub)
    const post = (more: object) =>
      hub.inject({ method: 'POST', url: '/api/usage/calls', payload: { machine_id: 'a', calls: [] }, headers: { ...headers, ...more } })
    expect((await post({ origin })).statusCode).toBe(200)
    for (const more of [{}, { origin: 'http://evil.example' }, { origin: 'null' }, { origin: 'https://hub.example' }]) {
      const answer = await post(more)
      expect([answer.statusCode, answer.json().errorCode]).toEqual([403, 'AUTH_FORBIDDEN'])
    }
    expect((await hub.inject({ url: '/api/usage', headers })).statusCode).toBe(200)
  })

  it('is not signed in by a page of another origin, nor with a wrong key', async () => {
    const hub = await openHub()
    const foreign = await signIn(hub, masterKey, { origin: 'http://evil.example' })
    expect([foreign.answer.statusCode, foreign.cookie]).toEqual([403, undefined])
    const wrong = await signIn(hub, 'wrong')
    expect([wrong.answer.statusCode, wrong.answer.json().message, wrong.cookie]).toEqual([401, 'Invalid API key', undefined])
    expect(JSON.stringify(hub.log)).not.toContain(masterKey)
  })

  it('cannot forge or change a cookie', async () => {
    const hub = await openHub()
    const { cookie } = await signIn(hub)
    const [id, until, mark] = cookie.value.split('.')
    for (const value of [`${id}.9${until}.${mark}`, `${id}.${until}.`, `${id}.${until}`, 'x', '', `k_other.${until}.${mark}`]) {
      const answer = await hub.inject({ url: '/api/whoami', headers: { ...at, cookie: `${cookie.name}=${encodeURIComponent(value)}` } })
      expect(answer.statusCode, value).toBe(401)
    }
  })

  it('is signed out when the key is revoked or expired, or after thirty days', async () => {
    const hub = await openHub()
    const { key, key_id } = await makeKey(hub, { name: 'page', scopes: ['read'] })
    const { headers } = await signIn(hub, key)
    expect((await hub.inject({ url: '/api/whoami', headers })).json()).toMatchObject({ by: 'cookie', name: 'page', scopes: ['read'] })
    hub.clock.pass(30 * 86_400_000 + 1_000)
    expect((await hub.inject({ url: '/api/whoami', headers })).statusCode).toBe(401)
    hub.clock.pass(-30 * 86_400_000)
    expect((await hub.inject({ url: '/api/whoami', headers })).statusCode).toBe(200)
    await hub.ask('DELETE', `/api/keys/${key_id}`)
    expect((await hub.inject({ url: '/api/whoami', headers })).statusCode).toBe(401)
  })

  it('stays signed in when the hub is restarted', async () => {
    const hub = await openHub()
    const { headers } = await signIn(hub)
    await hub.app.close()
    await hub.store.close()
    const again = await openHub({ folder: hub.folder })
    expect((await again.inject({ url: '/api/whoami', headers })).statusCode).toBe(200)
  })

  it('clears its cookie at logout', async () => {
    const hub = await openHub()
    const { headers, cookie } = await signIn(hub)
    const out = await hub.inject({ method: 'POST', url: '/api/logout', headers: { ...headers, origin } })
    expect(out.statusCode).toBe(204)
    expect(out.headers['set-cookie']).toMatch(new RegExp(`^${cookie.name}=;.*Expires=Thu, 01 Jan 1970`))
  })
})

describe('a refused key', () => {
  it.each([
    ['a sign-in', (key: string) => ({ method: 'POST' as const, url: '/api/login', payload: { key } })],
    ['a bearer', (key: string) => ({ method: 'GET' as const, url: '/machines', headers: { authorization: `Bearer ${key}` } })],
    ['a header', (key: string) => ({ method: 'POST' as const, url: '/machines/m/heartbeat', headers: { 'x-api-key': key } })],
  ])('of %s is echoed neither by the answer, nor by the log, nor by the audit log', async (_, request) => {
    const hub = await openHub()
    // Of our own alphabet, of another one, and text that is no key at all.
    for (const key of ['sbx_thisisthesecretofsomebodyelse1234567890', 'correct horse battery', 'pass:word!with%signs', 'äöü-secret']) {
      const sent = request(Buffer.from(key, 'utf8').toString('latin1'))
      const answer = await hub.inject(sent)
      expect(answer.statusCode, key).toBe(401)
      const all = `${answer.body}${JSON.stringify(answer.headers)}${JSON.stringify(hub.log)}${(await hub.ask('GET', '/api/audit')).body}`
      for (const part of key.match(/[a-z]{9,}|horse|battery|pass|word|secret$/g) ?? []) expect(all, part).not.toContain(part)
    }
    expect(hub.log.filter(({ msg }) => msg === 'key refused').map(({ key_prefix }) => key_prefix)[0]).toBe('sbx_this')
  })
})
