import { expect, it } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'

async function audit(hub: TestHub, query = ''): Promise<Record<string, unknown>[]> {
  const answer = await hub.ask('GET', `/api/audit${query}`)
  expect(answer.statusCode).toBe(200)
  return answer.json()
}
const login = (hub: TestHub, key: string, remoteAddress = '10.0.0.7') =>
  hub.inject({ method: 'POST', url: '/api/login', payload: { key }, remoteAddress })

it('records sign-ins, those that were refused, and their ends, with key and address', async () => {
  const hub = await openHub()
  const cookie = String((await login(hub, masterKey)).headers['set-cookie']).split(';')[0]!
  await login(hub, 'sbx_wrongwrongwrong', '::ffff:10.0.0.8')
  await hub.inject({ method: 'POST', url: '/api/logout', headers: { cookie, host: 'a', origin: 'http://a' } })
  const [ended, refused, accepted] = await audit(hub)
  expect(accepted).toMatchObject({ action: 'sign_in.accepted', key_name: 'API_KEYS[0]', address: '10.0.0.7' })
  expect(refused).toEqual({
    id: expect.any(Number),
    at: '2026-10-06T09:12:00.000Z',
    action: 'sign_in.refused',
    address: '10.0.0.8',
    details: { key_prefix: 'sbx_wron' },
  })
  expect(ended).toMatchObject({ action: 'sign_in.ended', key_name: 'API_KEYS[0]', details: accepted!.details })
  expect(JSON.stringify(await audit(hub))).not.toContain(masterKey)
})

it('records keys, invites and deletions', async () => {
  const hub = await openHub()
  const { key_id, key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'guest', scopes: ['read'] } })).json()
  await hub.ask('DELETE', `/api/keys/${key_id}`)
  await hub.ask('DELETE', `/api/keys/${key_id}`)
  const { code } = (await hub.ask('POST', '/api/invites', { payload: { name: 'laptop' } })).json()
  const redeem = (text: string) => hub.inject({ method: 'POST', url: '/api/invites/redeem', payload: { code: text, machine_id: 'box-7' } })
  await redeem('AAAA-AAAA')
  expect((await redeem(code)).statusCode).toBe(201)
  const { session_id } = (await hub.ask('POST', '/sessions', { payload: { project_id: 'p', machine_id: 'm' } })).json()
  await hub.ask('DELETE', `/sessions/${session_id}`)
  await hub.ask('POST', `/sessions/${session_id}/archive`)
  await hub.ask('DELETE', `/sessions/${session_id}/purge`, { payload: { confirm: true } })
  await hub.ask('POST', '/sessions/cleanup', { payload: { older_than_days: 7, statuses: ['completed'] } })
  await hub.ask('POST', '/sessions/cleanup', { payload: { older_than_days: 7, statuses: ['completed'], dry_run: true } })
  const rows = await audit(hub)
  expect(rows.map(({ action }) => action).reverse()).toEqual([
    'key.created',
    'key.revoked',
    'invite.created',
    'invite.refused',
    'invite.redeemed',
    'session.purged',
    'sessions.cleaned_up',
  ])
  expect(rows.find(({ action }) => action === 'key.created')).toMatchObject({ details: { key_id, name: 'guest', scopes: ['read'] } })
  expect(rows.find(({ action }) => action === 'session.purged')).toMatchObject({ key_name: 'API_KEYS[0]', details: { session_id } })
  for (const secret of [key, code]) expect(JSON.stringify(rows)).not.toContain(secret)
})

it('is for admins, and pages by a link that neither repeats nor skips', async () => {
  const hub = await openHub()
  const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: '0', scopes: ['read'] } })).json()
  expect((await hub.inject({ url: '/api/audit', headers: { 'x-api-key': key } })).statusCode).toBe(403)
  for (let n = 1; n < 5; n++) await hub.ask('POST', '/api/keys', { payload: { name: `${n}`, scopes: ['read'] } })
  const seen: unknown[] = []
  let url: string | undefined = '/api/audit?limit=2'
  for (let page = 0; url !== undefined; page++) {
    const answer = await hub.ask('GET', url)
    seen.push(...(answer.json() as { details: { name: string } }[]).map(({ details }) => details.name))
    await hub.ask('POST', '/api/keys', { payload: { name: `late ${page}`, scopes: ['read'] } })
    url = /<(.*)>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1]
  }
  expect(seen).toEqual(['4', '3', '2', '1', '0'])
  expect(await audit(hub, '?action=key.revoked')).toEqual([])
})

it('strangers cannot fill it: refused sign-ins are recorded a minute at a time', async () => {
  const hub = await openHub()
  for (let n = 0; n < 200; n++) await login(hub, `wrong ${n}`, `10.0.${n}.1`)
  expect(await audit(hub, '?action=sign_in.refused&limit=200')).toHaveLength(60)
})
