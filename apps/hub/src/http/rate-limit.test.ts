import { describe, expect, it } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { someReading } from '../../test/reading.ts'

const limits = { RATE_LIMIT_PER_MINUTE: '3', INGEST_LIMIT_PER_MINUTE: '4', DASHBOARD_LIMIT_PER_MINUTE: '6' }

async function allowed(times: number, knock: () => Promise<{ statusCode: number }>): Promise<number> {
  let count = 0
  for (let n = 0; n < times; n++) if ((await knock()).statusCode < 400) count++
  return count
}
const whoami = (hub: TestHub) => hub.ask('GET', '/api/whoami')
const ingest = (hub: TestHub) => hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [] } })

describe('the rate limit', () => {
  it('says on every answer where the client stands', async () => {
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

  it('answers 429 with Retry-After over it', async () => {
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

  it('counts each key for itself', async () => {
    const hub = await openHub({ env: { ...limits, API_KEYS: `${masterKey},other` } })
    expect(await allowed(5, () => whoami(hub))).toBe(3)
    expect(await allowed(5, () => hub.knock({ url: '/api/whoami', headers: { 'x-api-key': 'other' } }))).toBe(3)
  })

  it('counts whoever has no key by address, IPv6 by its network', async () => {
    const hub = await openHub({ env: limits })
    const from = (remoteAddress: string) => async () => {
      const answer = await hub.knock({ url: '/nothing', remoteAddress })
      return { statusCode: answer.statusCode === 404 ? 200 : answer.statusCode }
    }
    expect(await allowed(5, from('10.0.0.1'))).toBe(3)
    expect(await allowed(5, from('10.0.0.2'))).toBe(3)
    expect(await allowed(2, from('2001:db8:0:1::1'))).toBe(2)
    expect(await allowed(5, from('2001:db8:0:1::2'))).toBe(1)
  })

  it('believes an address in X-Forwarded-For only from a proxy that is trusted', async () => {
    const knocks = async (env: object) => {
      const hub = await openHub({ env: { ...limits, ...env } })
      let n = 0
      return allowed(5, async () => {
        const answer = await hub.knock({ url: '/nothing', headers: { 'x-forwarded-for': `10.0.0.${n++}` } })
        return { statusCode: answer.statusCode === 404 ? 200 : answer.statusCode }
      })
    }
    expect(await knocks({})).toBe(3)
    expect(await knocks({ TRUST_PROXY: 'loopback' })).toBe(5)
  })

  it('is another one for ingest', async () => {
    const hub = await openHub({ env: limits })
    expect(await allowed(9, () => ingest(hub))).toBe(4)
    expect(await allowed(9, () => whoami(hub))).toBe(3)
  })

  it('is another one for a browser that is signed in', async () => {
    const hub = await openHub({ env: limits })
    const login = await hub.knock({ method: 'POST', url: '/api/login', payload: { key: masterKey } })
    const [cookie] = login.cookies as { name: string; value: string }[]
    const headers = { cookie: `${cookie!.name}=${encodeURIComponent(cookie!.value)}` }
    expect(await allowed(9, () => hub.knock({ url: '/api/whoami', headers }))).toBe(6)
  })

  it('is the browser’s for everybody while no key is asked for, and for the files of the page', async () => {
    const hub = await openHub({ env: { ...limits, API_KEYS: '', NODE_ENV: 'development' } })
    expect(await allowed(9, () => hub.knock({ url: '/api/whoami', headers: { host: 'localhost' } }))).toBe(6)
    const other = await openHub({ env: limits })
    expect(await allowed(9, () => other.knock({ url: '/' }))).toBe(6)
  })

  it('leaves health alone', async () => {
    const hub = await openHub({ env: limits })
    // Without any reading that of the plan limits is ill.
    await hub.store.limits.put(someReading(hub.clock.now()), { now: hub.clock.now() })
    for (const url of ['/health', '/health/ready', '/api/health']) expect(await allowed(9, () => hub.knock({ url }))).toBe(9)
  })
})
