import type { Alert, AlertDetail } from '@signalbox/contract/alert'
import type { AuditEntry } from '@signalbox/contract/audit'
import { expect, it } from 'vitest'
import { type AlertHub, openAlertHub } from '../../test/alert-hub.ts'

const PUBLIC_URL = 'http://hub.example'

async function openAlert({ fleet, work, hub }: AlertHub): Promise<Alert> {
  const { session_id } = await fleet.session({ project_id: 'shop', machine_id: 'laptop' })
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
  await work()
  return ((await hub.ask('GET', `/api/alerts?session_id=${session_id}`)).json() as Alert[])[0]!
}

const actionsOf = async ({ hub }: AlertHub) => ((await hub.ask('GET', '/api/audit')).json() as AuditEntry[]).map(({ action }) => action)

it('alerts are listed newest first, by filter and in pages', async () => {
  const one = await openAlertHub()
  const ids: string[] = []
  for (let n = 0; n < 3; n++) {
    ids.unshift((await openAlert(one)).alert_id)
    one.hub.clock.pass(1_000)
  }
  const first = await one.hub.ask('GET', '/api/alerts?limit=2')
  expect((first.json() as Alert[]).map(({ alert_id }) => alert_id)).toEqual(ids.slice(0, 2))
  expect(first.headers['x-total-count']).toBe('3')
  const [, next = ''] = /<([^>]+)>/.exec(String(first.headers.link)) ?? []
  expect(((await one.hub.ask('GET', next)).json() as Alert[]).map(({ alert_id }) => alert_id)).toEqual(ids.slice(2))
  const count = async (query: string) => ((await one.hub.ask('GET', `/api/alerts${query}`)).json() as Alert[]).length
  expect([
    await count('?state=open'),
    await count('?state=closed'),
    await count('?kind=limit_over'),
    await count('?machine_id=laptop'),
  ]).toEqual([3, 0, 0, 3])
  for (const [query, message] of [
    ['state=lost', 'state must be one of pending, open, clearing, closed'],
    ['state=open&state=lost', 'state must be one of pending, open, clearing, closed'],
    ['kind=lost', expect.stringMatching(/^kind must be one of .*session_stalled/)],
  ] as const) {
    const refused = await one.hub.ask('GET', `/api/alerts?${query}`)
    expect([refused.statusCode, refused.json().message]).toEqual([400, message])
  }
  expect(await one.ok('GET', '/api/alerts/summary')).toMatchObject({ enabled: true, open: { warning: 3 }, unacknowledged: { warning: 3 } })
})

it('an alert is acknowledged, and that is undone; it is snoozed, and closed', async () => {
  const one = await openAlertHub()
  const { alert_id } = await openAlert(one)
  const url = `/api/alerts/${alert_id}`
  expect(await one.ok('POST', `${url}/acknowledge`, { note: 'on it' })).toMatchObject({
    acknowledged: { by: 'API_KEYS[0]', note: 'on it' },
  })
  expect(await one.ok('GET', '/api/alerts/summary')).toMatchObject({ open: { warning: 1 }, unacknowledged: { warning: 0 } })
  expect(await one.ok('DELETE', `${url}/acknowledge`)).not.toHaveProperty('acknowledged')
  expect(await one.ok('POST', `${url}/snooze`, { for_ms: 60_000, until_changed: true })).toMatchObject({ snoozed: { until_changed: true } })
  expect(await one.ok('DELETE', `${url}/snooze`)).not.toHaveProperty('snoozed')
  const until = '2026-10-07T02:00:00+02:00'
  expect(await one.ok('POST', `${url}/snooze`, { until })).toMatchObject({ snoozed: { until: '2026-10-07T00:00:00.000Z' } })
  const past = await one.hub.ask('POST', `${url}/snooze`, { payload: { until: '2020-01-01T00:00:00Z' } })
  expect([past.statusCode, past.json().message]).toEqual([400, 'until must be to come, within a year'])
  expect(await one.ok('DELETE', `${url}/snooze`)).not.toHaveProperty('snoozed')
  for (const body of [{}, { for_ms: 1_000, until: '2026-10-07T00:00:00.000Z' }, { until: '2026-10-05T00:00:00.000Z' }]) {
    expect((await one.hub.ask('POST', `${url}/snooze`, { payload: body })).statusCode).toBe(400)
  }
  expect(await one.ok('POST', `${url}/close`, {})).toMatchObject({ state: 'closed', close_reason: 'by_hand' })
  // Its rule still holds: it does not open again by itself.
  await one.pass(120_000, 30_000)
  expect(await one.ok('GET', url)).toMatchObject({ state: 'closed' })
  expect((await one.hub.ask('GET', '/api/alerts?state=open')).json()).toEqual([])
  expect((await one.hub.ask('POST', `${url}/acknowledge`, { payload: {} })).statusCode).toBe(409)
  expect((await one.hub.ask('POST', '/api/alerts/none/acknowledge', { payload: {} })).statusCode).toBe(404)
  expect(await actionsOf(one)).toEqual([
    'alert.closed',
    'alert.snooze_ended',
    'alert.snoozed',
    'alert.snooze_ended',
    'alert.snoozed',
    'alert.acknowledgement_undone',
    'alert.acknowledged',
  ])
})

it('a link of a message asks first, works once, and ends with the alert', async () => {
  const one = await openAlertHub({ env: { PUBLIC_URL, ALERT_GROUP_MS: '0' } })
  await one.channel()
  const { alert_id } = await openAlert(one)
  await one.pass(5_000)
  const { acknowledge_url } = one.peer.received[0]!.alerts[0] as unknown as { acknowledge_url: string }
  const path = acknowledge_url.slice(PUBLIC_URL.length)
  const page = await one.hub.inject({ method: 'GET', url: path })
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.body).toContain('<button name="action" value="snooze_1h">')
  expect(await one.ok('GET', `/api/alerts/${alert_id}`)).not.toHaveProperty('acknowledged')
  const other = { origin: 'https://evil.example' }
  expect((await one.hub.inject({ method: 'POST', url: `${path}?action=acknowledge`, headers: other })).statusCode).toBe(403)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const used = await one.hub.inject({ method: 'POST', url: path, headers: form, payload: 'action=acknowledge' })
  expect(used.body).toContain('Acknowledged.')
  expect(await one.ok('GET', `/api/alerts/${alert_id}`)).toMatchObject({ acknowledged: { by: 'a link of a message' } })
  expect((await one.hub.inject({ method: 'POST', url: `${path}?action=acknowledge` })).statusCode).toBe(410)
  expect((await one.hub.inject({ method: 'GET', url: path })).statusCode).toBe(410)
  expect((await one.hub.inject({ method: 'GET', url: `${path}x` })).statusCode).toBe(410)
  expect(await actionsOf(one)).toContain('alert.acknowledged')
  // As of other one-use links, only the level debug has it.
  expect(JSON.stringify(one.hub.log.filter(({ level }) => level !== 'DEBUG'))).not.toContain(path.slice(3))
})

it('all open alerts are acknowledged at once, or those of a kind, and the audit log has it', async () => {
  const one = await openAlertHub()
  for (let n = 0; n < 3; n++) await openAlert(one)
  await one.stalledSession()
  await one.work()
  const unacknowledged = async () =>
    ((await one.ok('GET', '/api/alerts/summary')) as { unacknowledged: { warning: number } }).unacknowledged.warning
  expect(await unacknowledged()).toBe(4)
  expect(await one.ok('POST', '/api/alerts/acknowledge', { kind: ['session_stalled'], note: 'known' })).toEqual({ acknowledged: 1 })
  const [first] = (await one.hub.ask('GET', '/api/alerts?kind=session_failed')).json() as Alert[]
  expect(await one.ok('POST', '/api/alerts/acknowledge', { alert_ids: [first!.alert_id, 'a_none'] })).toEqual({ acknowledged: 1 })
  expect(await one.ok('POST', '/api/alerts/acknowledge', {})).toEqual({ acknowledged: 2 })
  expect(await one.ok('POST', '/api/alerts/acknowledge', {})).toEqual({ acknowledged: 0 })
  expect(await unacknowledged()).toBe(0)
  const entries = (await one.hub.ask('GET', '/api/audit?action=alert.acknowledged')).json() as AuditEntry[]
  expect(entries.map(({ details }) => details)).toEqual([
    { alerts: 2 },
    { alerts: 1 },
    { alerts: 1, kind: ['session_stalled'], note: 'known' },
  ])
})

it('a pause and its end are published, for other pages', async () => {
  const one = await openAlertHub()
  await one.ok('POST', '/api/alerts/pause', { for_ms: 60_000, reason: 'maintenance' })
  await one.ok('DELETE', '/api/alerts/pause')
  const events = (await one.hub.store.events.page({ after: 0, limit: 1_000 })).filter(({ event }) => event.startsWith('alerts.'))
  expect(events.map(({ event, data }) => [event, data])).toMatchObject([
    ['alerts.paused', { until: '2026-10-06T09:13:00.000Z', reason: 'maintenance' }],
    ['alerts.resumed', {}],
  ])
})

it('links lead to the address at which an admin has set up a channel, where there is no PUBLIC_URL', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  const payload = { kind: 'webhook', name: 'Hook', config: { url: one.peer.url } }
  expect((await one.hub.ask('POST', '/api/channels', { payload, headers: { host: 'box.lan:4000' } })).statusCode).toBe(201)
  const { alert_id } = await openAlert(one)
  await one.pass(5_000)
  expect(one.peer.received[0]!.alerts[0]).toMatchObject({
    url: `http://box.lan:4000/app/alerts/${alert_id}`,
    acknowledge_url: expect.stringMatching(/^http:\/\/box\.lan:4000\/a\/[\w.-]+$/),
  })
})

it('reading needs the scope read, changes write, and the pause admin; answers of peers are for admin', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  await one.channel()
  const { alert_id } = await openAlert(one)
  await one.pass(5_000)
  const keyOf = async (...scopes: string[]) => (await one.ok('POST', '/api/keys', { name: scopes.join(), scopes })).key as string
  const [reader, writer] = [await keyOf('read'), await keyOf('read', 'write')]
  const as = (key: string) => ({ authorization: `Bearer ${key}` })
  const status = async (key: string, method: string, url: string, payload?: object) =>
    (await one.hub.inject({ method: method as 'GET', url, headers: as(key), ...(payload === undefined ? {} : { payload }) })).statusCode
  expect(await status(reader, 'GET', `/api/alerts/${alert_id}`)).toBe(200)
  expect(await status(reader, 'POST', `/api/alerts/${alert_id}/acknowledge`, {})).toBe(403)
  expect(await status(writer, 'POST', `/api/alerts/${alert_id}/acknowledge`, {})).toBe(200)
  expect(await status(writer, 'POST', '/api/alerts/pause', { for_ms: 60_000 })).toBe(403)
  expect(await status(writer, 'POST', '/api/channels', {})).toBe(403)
  const channels = await one.hub.inject({ method: 'GET', url: '/api/channels', headers: as(reader) })
  expect(channels.json()).toMatchObject([{ config: {} }])
  const detail = (await one.hub.inject({ method: 'GET', url: `/api/alerts/${alert_id}`, headers: as(reader) })).json() as AlertDetail
  expect(detail.messages[0]).toMatchObject({ state: 'sent', receipt: { status: 204 } })
  one.peer.answer = 404
  one.peer.says = 'words of the peer'
  const refused = await openAlert(one)
  await one.pass(10_000)
  const [{ channel_id }] = channels.json() as [{ channel_id: string }]
  const listed = ((await one.hub.ask('GET', '/api/alerts')).json() as Alert[]).map((alert) => alert.alert_id)
  const urls = ['/api/channels', `/api/channels/${channel_id}/messages`, '/api/alerts', '/events?format=json&limit=1000']
  for (const url of [...urls, ...listed.map((id) => `/api/alerts/${id}`)]) {
    expect((await one.hub.inject({ method: 'GET', url, headers: as(reader) })).body, url).not.toContain('words of the peer')
  }
  const read = async (url: string, headers = as(reader)) => (await one.hub.inject({ method: 'GET', url, headers })).json()
  const broken = ((await read('/api/alerts?kind=channel_broken')) as Alert[])[0]!
  expect(broken.summary).toMatch(/ answered 404\.$/)
  expect(await read('/api/channels')).toMatchObject([{ last_error: { reason: expect.stringMatching(/ answered 404\.$/), status: 404 } }])
  const { messages } = (await read(`/api/alerts/${refused.alert_id}`)) as AlertDetail
  expect(messages[0]!.attempts[0]).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/ answered 404\.$/) })
  expect(await one.ok('GET', `/api/channels/${channel_id}`)).toMatchObject({
    last_error: { reason: expect.stringContaining('404: words of the peer') },
  })
})
