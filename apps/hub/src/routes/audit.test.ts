import { expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { someCall } from '../../test/call.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'
import { readConfig } from '../config.ts'
import { recordSettings } from '../maintenance/settings-audit.ts'

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

it('records machines that are renamed, merged or removed, deleted data and names of accounts, and no dry run', async () => {
  const hub = await openHub()
  for (const machine_id of ['a', 'b', 'c']) await hub.ask('POST', '/machines', { payload: { machine_id, hostname: 'h' } })
  await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'x', calls: [someCall()] } })
  await hub.ask('POST', '/api/claude/console-usage', { payload: someSnapshot(hub.clock.now(), { account: 'anna', machine_id: 'x' }) })
  for (const [method, url, payload] of [
    ['POST', '/machines/a/rename', { machine_id: 'd', dry_run: true }],
    ['POST', '/machines/a/rename', { machine_id: 'd' }],
    ['POST', '/machines/d/merge', { into: 'b', dry_run: true }],
    ['POST', '/machines/d/merge', { into: 'b', confirm: true }],
    ['DELETE', '/machines/c/purge?dry_run=true'],
    ['DELETE', '/machines/c/purge?confirm=true'],
    ['PATCH', '/api/claude/accounts/anna', { name: 'Anna' }],
    ['DELETE', '/api/data?machine_id=x&dry_run=true'],
    ['DELETE', '/api/data?machine_id=x&confirm=true'],
  ] as const) {
    const answer = await hub.ask(method, url, payload === undefined ? {} : { payload })
    expect(answer.statusCode, `${url} ${answer.body}`).toBe(200)
  }
  expect((await hub.ask('PATCH', '/api/claude/accounts/unknown', { payload: { name: 'x' } })).statusCode).toBe(404)
  const rows = (await audit(hub)).reverse()
  expect(rows.map(({ action, details }) => [action, details])).toEqual([
    ['machine.renamed', { machine_id: 'd', from: 'a', calls: 0, snapshots: 0, sessions: 0 }],
    ['machine.merged', { machine_id: 'b', from: 'd', calls: 0, snapshots: 0, sessions: 0 }],
    ['machine.removed', { machine_id: 'c', sessions: 0, collectors: 0 }],
    ['account.named', { account: 'anna', name: 'Anna' }],
    ['data.deleted', { machine_id: 'x', calls: 1, snapshots: 1, sessions: 0, tasks: 0, collectors: 1 }],
  ])
  for (const row of rows) expect(row).toMatchObject({ key_name: 'API_KEYS[0]', address: '127.0.0.1' })
})

it('records when the monitor is paused and resumed, and why', async () => {
  const hub = await openHub()
  await hub.monitor.check()
  await hub.ask('POST', '/sessions', { payload: { project_id: 'p', machine_id: 'm' } })
  // The hub stood still for longer than a session may be silent.
  hub.clock.pass(400_000)
  await hub.monitor.check()
  for (let n = 0; n < 12; n++) {
    hub.clock.pass(60_000)
    for (let second = 0; second < 2; second++) await hub.monitor.check()
  }
  const rows = (await audit(hub)).reverse()
  expect(rows.map(({ action }) => action).slice(0, 1)).toEqual(['monitor.paused'])
  expect(rows[0]).toMatchObject({ details: { kind: 'monitor_paused', reason: expect.stringContaining('stood still') } })
  expect(rows[0]).not.toHaveProperty('key_id')
})

it('records the settings of a hub when they are other ones than at its last start, and no secret', async () => {
  const folder = tempFolder()
  const start = async (env: NodeJS.ProcessEnv, host = 'box') => {
    const config = readConfig({ DATA_DIR: folder, API_KEYS: masterKey, TIMEZONE: 'UTC', ...env })
    await recordSettings(hub.store, config, host, hub.clock.now())
    return (await audit(hub, '?action=settings.changed')).map(({ details }) => details as Record<string, unknown>)
  }
  const hub = await openHub({ folder })
  expect(await start({})).toMatchObject([{ hub: 'box', changed: [] }])
  expect(await start({})).toHaveLength(1)
  const [changed] = await start({ RATE_LIMIT_PER_MINUTE: '7', API_KEYS: `${masterKey},another key of the tests` })
  expect(changed).toMatchObject({ changed: ['environmentKeys', 'limits'], settings: { limits: { usual: 7 } } })
  expect(await start({}, 'other')).toHaveLength(3)
  const all = JSON.stringify(await audit(hub))
  for (const secret of [masterKey, 'another key']) expect(all).not.toContain(secret)
  const hashes = readConfig({ DATA_DIR: folder, API_KEYS: masterKey }).environmentKeys.map(({ hash }) => hash.toString('hex'))
  for (const hash of hashes) expect(all).not.toContain(hash)
})
