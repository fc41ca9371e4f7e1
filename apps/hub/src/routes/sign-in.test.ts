import { expect, it, onTestFinished } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'

const host = 'hub.example'
const DAY_MS = 86_400_000

/** A browser, with its cookies. */
async function signIn(hub: TestHub, key = masterKey, headers: Record<string, string> = {}) {
  const answer = await hub.inject({ method: 'POST', url: '/api/login', payload: { key }, headers: { host, ...headers } })
  expect(answer.statusCode).toBe(200)
  const cookie = String(answer.headers['set-cookie']).split(';')[0]!
  const ask = (method: string, url: string) =>
    hub.inject({ method: method as 'GET', url, headers: { host, origin: `http://${host}`, ...headers, cookie } })
  return { cookie, answer, ask, status: async () => (await ask('GET', '/api/whoami')).statusCode }
}

const keyWith = async (hub: TestHub, name: string, ...scopes: string[]) =>
  (await hub.ask('POST', '/api/keys', { payload: { name, scopes } })).json() as { key: string; key_id: string }

it('signing out ends the sign-in: the same cookie is refused', async () => {
  const hub = await openHub()
  const [one, other] = [await signIn(hub), await signIn(hub)]
  expect((await one.ask('POST', '/api/logout')).statusCode).toBe(204)
  expect([await one.status(), await other.status()]).toEqual([401, 200])
})

it('signed-in browsers are listed: those of the own key, or all for an admin', async () => {
  const hub = await openHub()
  const guest = await keyWith(hub, 'guest', 'read')
  const browser = await signIn(hub, guest.key, { 'user-agent': 'Mozilla/5.0 (a phone)' })
  hub.clock.pass(1000)
  await signIn(hub)
  expect((await browser.ask('GET', '/api/sign-ins')).json()).toEqual([
    {
      sign_in_id: expect.any(String),
      key_id: guest.key_id,
      key_name: 'guest',
      created_at: '2026-10-06T09:12:00.000Z',
      last_used_at: '2026-10-06T09:12:00.000Z',
      expires_at: '2026-11-05T09:12:00.000Z',
      address: '127.0.0.1',
      client: 'Mozilla/5.0 (a phone)',
      current: true,
    },
  ])
  const all = (await hub.ask('GET', '/api/sign-ins')).json() as { key_name: string; current: boolean }[]
  expect(all.map(({ key_name, current }) => [key_name, current])).toEqual([
    ['API_KEYS[0]', false],
    ['guest', false],
  ])
})

it('one is ended, or all others; a key without the scope admin ends only its own', async () => {
  const hub = await openHub()
  const guest = await keyWith(hub, 'guest', 'read')
  const [admin, second, browser] = [await signIn(hub), await signIn(hub), await signIn(hub, guest.key)]
  const rows = (await hub.ask('GET', '/api/sign-ins')).json() as { sign_in_id: string; key_name: string }[]
  const ofAdmin = rows.find(({ key_name }) => key_name !== 'guest')!.sign_in_id
  expect((await browser.ask('DELETE', `/api/sign-ins/${ofAdmin}`)).statusCode).toBe(404)
  expect((await browser.ask('DELETE', '/api/sign-ins?keep_current=true')).json()).toEqual({ ended: 0 })
  expect((await admin.ask('DELETE', '/api/sign-ins?keep_current=true')).json()).toEqual({ ended: 2 })
  expect([await admin.status(), await second.status(), await browser.status()]).toEqual([200, 401, 401])
  const [left] = (await hub.ask('GET', '/api/sign-ins')).json() as { sign_in_id: string }[]
  expect((await hub.ask('DELETE', `/api/sign-ins/${left!.sign_in_id}`)).statusCode).toBe(204)
  expect(await admin.status()).toBe(401)
})

it('a sign-in ends after a week without use, and after a month with it', async () => {
  const hub = await openHub()
  const [used, unused] = [await signIn(hub), await signIn(hub)]
  for (let day = 0; day < 29; day++) {
    hub.clock.pass(DAY_MS)
    expect(await used.status()).toBe(200)
    // The use is noted after the answer, and a write after it is answered after it.
    await hub.store.events.append([], { now: 0 })
  }
  expect(await unused.status()).toBe(401)
  hub.clock.pass(DAY_MS)
  expect(await used.status()).toBe(401)
  const short = await openHub({ env: { SIGN_IN_DAYS: '2', SIGN_IN_IDLE_DAYS: '1' } })
  const browser = await signIn(short)
  expect(String(browser.answer.headers['set-cookie'])).toContain(`Max-Age=${(2 * DAY_MS) / 1000}`)
  short.clock.pass(DAY_MS)
  expect(await browser.status()).toBe(401)
})

it('two hubs on one host keep two sign-ins', async () => {
  const [one, two] = [await openHub(), await openHub()]
  const [first, second] = [await signIn(one), await signIn(two)]
  const cookie = `${first.cookie}; ${second.cookie}`
  for (const hub of [one, two]) expect((await hub.inject({ url: '/api/whoami', headers: { host, cookie } })).statusCode).toBe(200)
  // Another program of the host cannot lock the browser out under https with a cookie of its own.
  const secure = await openHub({ env: { TRUST_PROXY: 'loopback' } })
  const browser = await signIn(secure, masterKey, { 'x-forwarded-proto': 'https', origin: `https://${host}` })
  expect(String(browser.answer.headers['set-cookie'])).toMatch(/^__Host-signalbox_login_\w{8}=.*Path=\/;.*Secure/)
  const plain = browser.cookie.replace(/^__Host-(\w+)=.*/, '$1=x')
  const headers = { host, 'x-forwarded-proto': 'https', cookie: `${plain}; ${browser.cookie}` }
  expect((await secure.inject({ url: '/api/whoami', headers })).statusCode).toBe(200)
})

it('an open stream of a browser ends with its sign-in', async () => {
  const hub = await openHub({ streams: { keepaliveMs: 20, stalledMs: 1000 } })
  const browser = await signIn(hub, masterKey)
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const stream = await fetch(`${url}/events`, { headers: { cookie: browser.cookie }, signal: end.signal })
  expect(stream.status).toBe(200)
  await browser.ask('POST', '/api/logout')
  await stream.text().catch(() => '')
})

it('below a path the cookie is for that path, and counts where only PUBLIC_URL says that the browser came over https', async () => {
  const hub = await openHub({ env: { PUBLIC_URL: 'https://hub.example/signalbox' } })
  const browser = await signIn(hub, masterKey, { origin: 'https://hub.example' })
  expect(String(browser.answer.headers['set-cookie'])).toMatch(/^__Secure-signalbox_login_\w{8}=.*Path=\/signalbox;.*Secure/)
  // A GET has no Origin, and this proxy names the hub as it reaches it.
  const { cookie } = browser
  expect((await hub.inject({ url: '/api/whoami', headers: { host, cookie } })).statusCode).toBe(200)
  const out = await hub.inject({ method: 'POST', url: '/api/logout', headers: { host, cookie, origin: 'https://hub.example' } })
  expect(String(out.headers['set-cookie'])).toMatch(/^__Secure-signalbox_login_\w{8}=;.*Path=\/signalbox;.*Secure/)
  expect((await hub.inject({ url: '/api/whoami', headers: { host, cookie } })).statusCode).toBe(401)
})
