import { ensureOwnerKey, readOwnerKey } from '@signalbox/hub-address/owner-key'
import { describe, expect, it } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { normalizeCode } from '../http/invite-code.ts'

const invite = async (hub: TestHub, payload: object = {}) => hub.ask('POST', '/api/invites', { payload })
const redeem = (hub: TestHub, code: string, more: { machine_id?: string; address?: string; headers?: Record<string, string> } = {}) =>
  hub.inject({
    method: 'POST',
    url: '/api/invites/redeem',
    payload: { code, machine_id: more.machine_id ?? 'box-7' },
    remoteAddress: more.address ?? '10.0.0.7',
    headers: more.headers ?? {},
  })

describe('an invite', () => {
  it('has a code of 8 characters without look-alikes, an end, and the line to paste', async () => {
    const hub = await openHub()
    const answer = await invite(hub, { name: 'laptop' })
    expect(answer.statusCode).toBe(201)
    const { code, command, ...rest } = answer.json()
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(command).toBe(`npx signalbox connect ${rest.url} ${code}`)
    expect(rest).toMatchObject({
      name: 'laptop',
      expires_at: '2026-10-06T09:22:00.000Z',
      scopes: ['ingest', 'read', 'write'],
      invite_id: expect.stringMatching(/^i_/),
    })
  })

  it('needs the scope admin, and cannot give it', async () => {
    const hub = await openHub()
    expect((await hub.inject({ method: 'POST', url: '/api/invites', payload: {} })).statusCode).toBe(401)
    const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'x', scopes: ['read', 'write', 'ingest'] } })).json()
    const headers = { authorization: `Bearer ${key}` }
    expect((await hub.inject({ method: 'POST', url: '/api/invites', payload: {}, headers })).statusCode).toBe(403)
    expect((await invite(hub, { scopes: ['admin'] })).statusCode).toBe(400)
    expect((await invite(hub, { expires_in_s: 1 })).statusCode).toBe(400)
    expect((await invite(hub, { expires_in_s: 86_401 })).statusCode).toBe(400)
  })

  it('is exchanged once for a key with its name and scopes, however the code is typed', async () => {
    const hub = await openHub()
    const { code } = (await invite(hub, { name: 'laptop', scopes: ['ingest'] })).json()
    const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`
    const answer = await redeem(hub, typed)
    expect(answer.statusCode).toBe(201)
    const { key, key_id } = answer.json()
    expect(answer.json()).toMatchObject({ name: 'laptop', scopes: ['ingest'], key: expect.stringMatching(/^sbx_/) })
    const who = await hub.inject({ url: '/api/whoami', headers: { authorization: `Bearer ${key}` } })
    expect(who.json()).toMatchObject({ name: 'laptop', scopes: ['ingest'], machine_id: 'box-7', idle_days: 365 })
    expect((await hub.ask('GET', `/api/keys/${key_id}`)).json()).toMatchObject({ name: 'laptop' })

    const again = await redeem(hub, code)
    expect([again.statusCode, again.json().message]).toEqual([401, 'The code has been used already'])
    expect(again.json().suggestion).toContain('signalbox keys list')
  })

  it('names the key after the machine where it has no name itself', async () => {
    const hub = await openHub()
    const { code } = (await invite(hub)).json()
    expect((await redeem(hub, code, { machine_id: 'build box ü' })).json()).toMatchObject({ name: 'build box ü' })
  })

  it('gives a key of the machine that ends a year after its last use, so that nothing that works stops', async () => {
    const hub = await openHub()
    const { code } = (await invite(hub)).json()
    const { key, key_id, ...shown } = (await redeem(hub, code)).json()
    const year = 365 * 86_400_000
    const end = () => new Date(hub.clock.now() + year).toISOString()
    expect(shown).toEqual({ name: 'box-7', scopes: ['ingest', 'read', 'write'], machine_id: 'box-7', expires_at: end(), idle_days: 365 })
    const use = async () => (await hub.inject({ url: '/sessions', headers: { 'x-api-key': key } })).statusCode
    const stored = async () => (await hub.ask('GET', `/api/keys/${key_id}`)).json().expires_at
    for (let half = 0; half < 4; half++) {
      hub.clock.pass(year / 2)
      expect(await use()).toBe(200)
      await expect.poll(stored).toBe(end())
    }
    hub.clock.pass(year)
    expect(await use()).toBe(401)
  })

  it('for any machine gives a key that is bound to none', async () => {
    const hub = await openHub()
    const made = (await invite(hub, { any_machine: true })).json()
    expect(made).toMatchObject({ any_machine: true })
    const { key, machine_id } = (await redeem(hub, made.code)).json()
    expect(machine_id).toBeUndefined()
    const headers = { 'x-api-key': key }
    const answer = await hub.inject({ method: 'POST', url: '/sessions', headers, payload: { machine_id: 'box-8', project_id: 'p' } })
    expect(answer.statusCode).toBe(201)
  })

  it('expires', async () => {
    const hub = await openHub()
    const { code } = (await invite(hub, { expires_in_s: 60 })).json()
    hub.clock.pass(60_000)
    const answer = await redeem(hub, code)
    expect([answer.statusCode, answer.json().message]).toEqual([401, 'The code has expired'])
  })

  it('is in neither the database nor the log', async () => {
    const hub = await openHub()
    const { code } = (await invite(hub)).json()
    await redeem(hub, code)
    await redeem(hub, code)
    const rows = JSON.stringify(hub.store.connection.db.prepare('SELECT * FROM invite').all())
    for (const text of [rows, JSON.stringify(hub.log)]) {
      expect(text).not.toContain(code)
      expect(text).not.toContain(normalizeCode(code))
    }
    expect(JSON.stringify(hub.log)).toContain('invite redeemed')
  })

  it('of a hub without keys ends the time without a key, and its owner still gets in', async () => {
    const hub = await openHub({ env: { API_KEYS: '', NODE_ENV: 'development' } })
    ensureOwnerKey(hub.folder)
    const host = 'localhost:4000'
    const owner = { authorization: `Bearer ${readOwnerKey(hub.folder)!.key}` }
    const made = await hub.inject({ method: 'POST', url: '/api/invites', payload: {}, headers: { host, ...owner } })
    expect(made.json()).toMatchObject({ loopback: true })
    expect((await redeem(hub, made.json().code, { address: '127.0.0.1', headers: { host } })).statusCode).toBe(201)
    const who = (headers: object) => hub.inject({ url: '/api/whoami', headers: { host, ...headers } })
    expect((await who({})).statusCode).toBe(401)
    expect((await who(owner)).statusCode).toBe(200)
  })
})

describe('the address in an invite', () => {
  const urlOf = async (env: NodeJS.ProcessEnv, headers: Record<string, string>) => {
    const hub = await openHub({ env })
    const authorization = `Bearer ${masterKey}`
    const { url, loopback } = (await hub.ask('POST', '/api/invites', { payload: {}, headers: { authorization, ...headers } })).json()
    return { url, loopback }
  }

  it('is the one by which the hub was reached', async () => {
    expect(await urlOf({}, { host: 'hub.example:8080' })).toEqual({ url: 'http://hub.example:8080', loopback: false })
    const proxied = { host: 'x', 'x-forwarded-host': 'hub.example', 'x-forwarded-proto': 'https' }
    expect(await urlOf({ TRUST_PROXY: '127.0.0.1' }, proxied)).toEqual({ url: 'https://hub.example', loopback: false })
  })

  it('is one of the network where the hub was reached by a name of its own machine', async () => {
    expect(await urlOf({ HOST: '10.1.2.3' }, { host: 'localhost:4000' })).toMatchObject({
      loopback: false,
      url: expect.stringMatching(/^http:\/\/10\.1\.2\.3:/),
    })
    expect(await urlOf({}, { host: 'localhost:4000' })).toMatchObject({ loopback: true })
  })

  it('contains nothing that a shell would run', async () => {
    const { url } = await urlOf({}, { host: 'x;reboot' })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })
})

describe('guessing codes', () => {
  it('makes an address wait longer and longer, also with attempts at the same time, and no other address', async () => {
    const hub = await openHub()
    const attempts = await Promise.all(Array.from({ length: 8 }, () => redeem(hub, 'AAAA-AAAA')))
    expect(attempts.map(({ statusCode }) => statusCode).sort()).toEqual([401, 401, 401, 429, 429, 429, 429, 429])
    const refused = await redeem(hub, 'AAAA-AAAA')
    expect([refused.statusCode, refused.headers['retry-after'], refused.json().suggestion]).toEqual([429, '1', 'Wait 1 s.'])
    const { code } = (await invite(hub)).json()
    // Even the right code has to wait.
    expect((await redeem(hub, code)).statusCode).toBe(429)
    expect((await redeem(hub, 'AAAA-AAAA', { address: '10.0.0.8' })).statusCode).toBe(401)
    hub.clock.pass(1000)
    expect((await redeem(hub, 'AAAA-AAAA')).statusCode).toBe(401)
    expect((await redeem(hub, code)).headers['retry-after']).toBe('2')
    hub.clock.pass(2000)
    expect((await redeem(hub, code)).statusCode).toBe(201)
  })

  it('with a text that is no code is an attempt too', async () => {
    const hub = await openHub()
    for (const text of ['x', 'AAAA-AAA', 'UUUU-UUUU', 'AAAA-AAAA-A', '💥']) {
      const answer = await redeem(hub, text, { address: `10.0.0.${text.length}` })
      expect([answer.statusCode, answer.json().message]).toEqual([401, 'The code is not valid'])
    }
    expect((await redeem(hub, 'x', { headers: { origin: 'https://evil.example' } })).statusCode).toBe(403)
  })
})
