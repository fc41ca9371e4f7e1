import { describe, expect, it } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'

const limits = { RATE_LIMIT_PER_MINUTE: '3', INGEST_LIMIT_PER_MINUTE: '4', DASHBOARD_LIMIT_PER_MINUTE: '6' }

async function allowed(times: number, request: () => Promise<{ statusCode: number }>): Promise<number> {
  let count = 0
  for (let n = 0; n < times; n++) if ((await request()).statusCode < 400) count++
  return count
}
const whoami = (hub: TestHub) => hub.ask('GET', '/api/whoami')
const ingest = (hub: TestHub) => hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [] } })

describe('the rate limit', () => {
  it('sends the state of the limit with every answer', async () => {
    const hub = await openHub({ env: limits })
    const headers = async () => {
      const { headers } = await whoami(hub)
      return [headers['ratelimit-limit'], headers['ratelimit-remaining'], headers['ratelimit-reset']].map(Number)
    }
    expect((await headers()).slice(0, 2)).toEqual([3, 2])
    const [limit, remaining, reset] = await headers()
    expect([limit, remaining]).toEqual([3, 1])
    expect(reset).toBeGreaterThan(0)
    expect(reset).toBeLessThanOrEqual(60)
  })

  it('answers 429 with Retry-After above it', async () => {
    const hub = await openHub({ env: limits })
    expect(await allowed(3, () => whoami(hub))).toBe(3)
    const over = await whoami(hub)
    expect([over.statusCode, over.json().errorCode]).toEqual([429, 'RATE_LIMITED'])
    expect(over.json().suggestion).toContain('RATE_LIMIT_PER_MINUTE')
    const wait = Number(over.headers['retry-after'])
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60)
    expect(over.headers['ratelimit-remaining']).toBe('0')
    const state = await hub.ask('GET', '/events?format=json')
    expect(state.json()).toMatchObject({ statusCode: 429, error: 'rate_limit_exceeded' })
  })

  it('counts each key separately', async () => {
    const hub = await openHub({ env: { ...limits, API_KEYS: `${masterKey},other` } })
    expect(await allowed(5, () => whoami(hub))).toBe(3)
    expect(await allowed(5, () => hub.inject({ url: '/api/whoami', headers: { 'x-api-key': 'other' } }))).toBe(3)
  })

  it('counts requests without a key by address, IPv6 by its network', async () => {
    const hub = await openHub({ env: limits })
    const from = (remoteAddress: string) => async () => {
      const answer = await hub.inject({ url: '/nothing', remoteAddress })
      return { statusCode: answer.statusCode === 404 ? 200 : answer.statusCode }
    }
    expect(await allowed(5, from('10.0.0.1'))).toBe(3)
    expect(await allowed(5, from('10.0.0.2'))).toBe(3)
    expect(await allowed(2, from('2001:db8:0:1::1'))).toBe(2)
    expect(await allowed(5, from('2001:db8:0:1::2'))).toBe(1)
  })

  it('accepts an address from X-Forwarded-For only from a trusted proxy', async () => {
    const countAllowed = async (env: object) => {
      const hub = await openHub({ env: { ...limits, ...env } })
      let n = 0
      return allowed(5, async () => {
        const answer = await hub.inject({ url: '/nothing', headers: { 'x-forwarded-for': `10.0.0.${n++}` } })
        return { statusCode: answer.statusCode === 404 ? 200 : answer.statusCode }
      })
    }
    expect(await countAllowed({})).toBe(3)
    expect(await countAllowed({ TRUST_PROXY: 'loopback' })).toBe(5)
  })

  it('is a separate one for ingest', async () => {
    const hub = await openHub({ env: limits })
    expect(await allowed(9, () => ingest(hub))).toBe(4)
    expect(await allowed(9, () => whoami(hub))).toBe(3)
  })

  it('is a separate one for who asks who it is, so that a page shows its sign-in form whatever programs ask for without a key', async () => {
    const hub = await openHub({ env: limits })
    const ask = (url: string) => hub.inject({ url })
    for (let n = 0; n < 9; n++) expect((await ask('/sessions')).statusCode).toBe(n < 3 ? 401 : 429)
    for (let n = 0; n < 9; n++) expect((await ask('/api/whoami')).statusCode).toBe(n < 6 ? 401 : 429)
  })

  it('is a separate one for a signed-in browser', async () => {
    const hub = await openHub({ env: limits })
    const login = await hub.inject({ method: 'POST', url: '/api/login', payload: { key: masterKey } })
    const [cookie] = login.cookies as { name: string; value: string }[]
    const headers = { cookie: `${cookie!.name}=${encodeURIComponent(cookie!.value)}` }
    expect(await allowed(9, () => hub.inject({ url: '/api/whoami', headers }))).toBe(6)
  })

  it('is one for each sign-in, also where two people share a key', async () => {
    const hub = await openHub({ env: limits })
    const signIn = async () => {
      const login = await hub.inject({ method: 'POST', url: '/api/login', payload: { key: masterKey } })
      const [cookie] = login.cookies as { name: string; value: string }[]
      return { cookie: `${cookie!.name}=${encodeURIComponent(cookie!.value)}` }
    }
    const [anna, ben] = [await signIn(), await signIn()]
    expect(await allowed(9, () => hub.inject({ url: '/api/whoami', headers: anna }))).toBe(6)
    expect(await allowed(9, () => hub.inject({ url: '/api/whoami', headers: ben }))).toBe(6)
  })

  it('is the one of browsers for all while no key is needed, and for the files of the page', async () => {
    const hub = await openHub({ env: { ...limits, API_KEYS: '', NODE_ENV: 'development' } })
    expect(await allowed(9, () => hub.inject({ url: '/api/whoami', headers: { host: 'localhost' } }))).toBe(6)
    const other = await openHub({ env: limits })
    expect(await allowed(9, () => other.inject({ url: '/' }))).toBe(6)
  })

  it('does not apply to health', async () => {
    const hub = await openHub({ env: limits })
    // Without any snapshot, the health of the plan limits is unhealthy.
    await hub.store.limits.put(someSnapshot(hub.clock.now()), { now: hub.clock.now() })
    for (const url of ['/health', '/health/ready', '/api/health']) expect(await allowed(9, () => hub.inject({ url }))).toBe(9)
  })
})

describe('a heartbeat that is refused', () => {
  const session_id = '5f9b2c1e-0d3a-4b7e-9a51-1c2d3e4f5a6b'
  const heartbeat = `/sessions/${session_id}/heartbeat`

  /** A hub that listens, with a session, and a way to send heartbeats: over the short path, or through Fastify. */
  async function openWithSession(lane: 'short' | 'fastify', env: NodeJS.ProcessEnv = {}) {
    const hub = await openHub({ env: { RATE_LIMIT_PER_MINUTE: '100', LOG_LEVEL: lane === 'short' ? 'warn' : 'debug', ...env } })
    const origin = await hub.app.listen({ port: 0, host: '127.0.0.1' })
    await hub.ask('POST', '/sessions', { payload: { session_id, project_id: 'p', machine_id: 'm' } })
    const sendHeartbeat = async (key: string, path = heartbeat) => {
      const answer = await fetch(origin + path, { method: 'POST', headers: { 'x-api-key': key } })
      await answer.arrayBuffer()
      return answer.status
    }
    const keyWith = async (...scopes: string[]) =>
      ((await hub.ask('POST', '/api/keys', { payload: { name: scopes.join(), scopes } })).json() as { key: string }).key
    return { hub, sendHeartbeat, keyWith }
  }
  const count = (statuses: number[]) =>
    Object.fromEntries([...new Set(statuses)].map((one) => [one, statuses.filter((s) => s === one).length]))

  it.each(['short', 'fastify'] as const)('for want of a scope costs its key, never the session or machine: %s path', async (lane) => {
    const { sendHeartbeat, keyWith } = await openWithSession(lane)
    const [reader, collector] = [await keyWith('read'), await keyWith('ingest')]
    for (const path of [heartbeat, '/machines/m/heartbeat']) {
      for (let n = 0; n < 65; n++) for (const key of [reader, collector]) expect([403, 429]).toContain(await sendHeartbeat(key, path))
      expect(await sendHeartbeat(masterKey, path)).toBe(200)
    }
    // A new name each time is no way around the limit of the key.
    const guest = await keyWith('read')
    const statuses: number[] = []
    for (let n = 0; n < 130; n++) statuses.push(await sendHeartbeat(guest, `/sessions/${n}-${'x'.repeat(300)}/heartbeat`))
    expect(count(statuses)).toEqual({ 403: 100, 429: 30 })
  })

  it.each(['short', 'fastify'] as const)(
    'because its session is unknown or at its end costs its key, and no other session of it: %s path',
    async (lane) => {
      const { hub, sendHeartbeat, keyWith } = await openWithSession(lane)
      const writer = await keyWith('write')
      const ended = '6a0c3d2f-1e4b-4c8f-8b62-2d3e4f5a6b7c'
      await hub.ask('POST', '/sessions', { payload: { session_id: ended, project_id: 'p', machine_id: 'm' } })
      await hub.ask('DELETE', `/sessions/${ended}`)
      const statuses: number[] = []
      for (let n = 0; n < 60; n++)
        statuses.push(
          await sendHeartbeat(writer, `/sessions/unknown-${n}/heartbeat`),
          await sendHeartbeat(writer, `/sessions/${ended}/heartbeat`),
        )
      expect(count(statuses)).toEqual({ 404: 50, 409: 50, 429: 20 })
      expect(await sendHeartbeat(writer)).toBe(200)
      expect(
        (
          await hub.inject({
            method: 'POST',
            url: '/sessions',
            headers: { 'x-api-key': writer },
            payload: { project_id: 'p', machine_id: 'm' },
          })
        ).statusCode,
      ).toBe(201)
    },
  )

  it.each(['short', 'fastify'] as const)('no key asks more than its limit in all: %s path', async (lane) => {
    const { sendHeartbeat, keyWith } = await openWithSession(lane, { KEY_LIMIT_PER_MINUTE: '7' })
    const writer = await keyWith('write')
    const statuses: number[] = []
    for (let n = 0; n < 9; n++) statuses.push(await sendHeartbeat(writer, n % 2 === 0 ? heartbeat : '/machines/m/heartbeat'))
    expect(count(statuses)).toEqual({ 200: 7, 429: 2 })
    expect(await sendHeartbeat(await keyWith('write'))).toBe(200)
  })
})
