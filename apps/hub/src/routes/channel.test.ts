import type { Channel } from '@signalbox/contract/channel'
import { expect, it } from 'vitest'
import { openAlertHub } from '../../test/alert-hub.ts'

it('a channel is made, with its secret shown once, changed without it, and removed', async () => {
  const one = await openAlertHub()
  const made = await one.ok('POST', '/api/channels', { kind: 'webhook', name: 'Hook', config: { url: one.peer.url } })
  expect(made).toMatchObject({ state: 'ok', secret: expect.stringMatching(/^whsec_/), config: { url: one.peer.url, secret: '…' } })
  const url = `/api/channels/${made.channel_id}`
  expect(await one.ok('GET', url)).not.toHaveProperty('secret')
  expect(await one.ok('PUT', url, { name: 'Renamed', config: { url: one.peer.url, secret: '…' } })).toMatchObject({ name: 'Renamed' })
  expect(await one.ok('POST', `${url}/test`)).toMatchObject({ outcome: 'sent', status: 204 })
  expect(one.peer.received).toMatchObject([{ type: 'alert.test' }])
  const moved = await one.hub.ask('PUT', url, { payload: { config: { url: 'https://elsewhere.example/' } } })
  expect([moved.statusCode, moved.json().message]).toEqual([400, expect.stringContaining('config.secret')])
  const stale = await one.hub.ask('PUT', url, { payload: { name: 'x' }, headers: { 'if-match': '"1"' } })
  expect(stale.statusCode).toBe(412)
  expect(await one.ok('PUT', url, { enabled: false })).toMatchObject({ state: 'off' })
  expect(await one.ok('PUT', url, { enabled: true })).toMatchObject({ state: 'ok' })
  expect(await one.ok('POST', `${url}/snooze`, { for_ms: 60_000 })).toHaveProperty('snoozed_until')
  expect(await one.ok('DELETE', `${url}/snooze`)).not.toHaveProperty('snoozed_until')
  await one.ok('DELETE', url)
  expect((await one.hub.ask('GET', url)).statusCode).toBe(404)
})

it('what is not a configuration of its kind is refused, field by field', async () => {
  const one = await openAlertHub()
  const refused = async (body: object) => {
    const answer = await one.hub.ask('POST', '/api/channels', { payload: body })
    expect(answer.statusCode).toBe(400)
    return answer.json().details.field as string
  }
  expect(await refused({ kind: 'ntfy', name: 'Phone', config: {} })).toBe('config.topic')
  expect(await refused({ kind: 'slack', name: 'Team', config: { url: 'ftp://x' } })).toBe('config.url')
  expect(
    await refused({ kind: 'ntfy', name: 'Phone', config: { topic: 't' }, quiet_hours: [{ from: '25:00', to: '07:00', zone: 'UTC' }] }),
  ).toMatch(/quiet_hours/)
})

it('an address to which nothing would be sent is refused when a channel is made or changed', async () => {
  const one = await openAlertHub({ env: { PUBLIC_URL: 'https://hub.example/box' } })
  const id = await one.channel()
  const because = async (method: string, url: string, payload: object) => {
    const answer = await one.hub.ask(method, url, { payload })
    expect([answer.statusCode, answer.json().details.field]).toEqual([400, 'config.url'])
    return answer.json().message as string
  }
  const make = (url: string) => because('POST', '/api/channels', { kind: 'webhook', name: 'Other', config: { url } })
  expect(await make('http://169.254.169.254/latest')).toMatch(/^config.url: 169.254.169.254 is not allowed: .* is a link-local address/)
  expect(await make('https://hub.example/box/hook')).toContain('is this hub itself')
  const config = { url: 'http://[fd00:ec2::254]/', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
  expect(await because('PUT', `/api/channels/${id}`, { config })).toContain('where a cloud keeps credentials')
})

it('no two channels have one name', async () => {
  const one = await openAlertHub()
  const ask = async (method: string, url: string, payload: object, headers = {}) => {
    const { statusCode, body } = await one.hub.ask(method, url, { payload, headers })
    return { status: statusCode, ...JSON.parse(body) }
  }
  const body = (name: string) => ({ kind: 'ntfy', name, config: { topic: 'signalbox-7h2kq' } })
  const first = await ask('POST', '/api/channels', body('Phone'), { 'idempotency-key': 'once' })
  expect(first.status).toBe(201)
  expect(await ask('POST', '/api/channels', body('phone'))).toMatchObject({
    status: 409,
    message: 'There is a channel named Phone already',
    suggestion: expect.stringContaining('Choose another name'),
    details: { field: 'name', channel_id: first.channel_id },
  })
  expect(await ask('POST', '/api/channels', body('Phone'), { 'idempotency-key': 'once' })).toMatchObject({
    status: 201,
    channel_id: first.channel_id,
  })
  const second = await ask('POST', '/api/channels', body('Tablet'))
  const url = `/api/channels/${second.channel_id}`
  expect(await ask('PUT', url, { name: 'Phone' })).toMatchObject({ status: 409 })
  expect(await ask('PUT', url, { name: 'TABLET', lets_through: 'none' })).toMatchObject({ status: 200, name: 'TABLET' })
  expect(((await one.hub.ask('GET', '/api/channels')).json() as Channel[]).map(({ name }) => name)).toEqual(['Phone', 'TABLET'])
})

it('a channel is tested before it is saved, also with the secrets that it has', async () => {
  const one = await openAlertHub()
  const test = (body: object) => one.ok('POST', '/api/channels/test', body)
  expect(await test({ kind: 'webhook', config: { url: one.peer.url } })).toMatchObject({ outcome: 'sent' })
  // A form sends what it has.
  expect(await test({ kind: 'webhook', name: 'Hook', config: { url: one.peer.url } })).toMatchObject({ outcome: 'sent' })
  const id = await one.channel()
  expect(await test({ kind: 'webhook', config: { url: one.peer.url }, channel_id: id })).toMatchObject({ outcome: 'sent' })
  one.peer.answers.push(500, 410)
  expect(await test({ kind: 'webhook', config: { url: one.peer.url } })).toMatchObject({ outcome: 'failed', status: 500 })
  expect(await test({ kind: 'webhook', config: { url: one.peer.url } })).toMatchObject({ outcome: 'refused', status: 410 })
  expect(((await one.hub.ask('GET', '/api/channels')).json() as Channel[]).map(({ state }) => state)).toEqual(['ok'])
})

it('browsers subscribe, which makes a channel for all of them', async () => {
  const one = await openAlertHub()
  const { key } = (await one.ok('GET', '/api/push/key')) as { key: string }
  expect(Buffer.from(key, 'base64url')).toHaveLength(65)
  expect(await one.ok('GET', '/api/push/key')).toEqual({ key })
  const body = {
    endpoint: 'https://push.example/abc',
    keys: { p256dh: key, auth: Buffer.alloc(16, 1).toString('base64url') },
    browser: 'Firefox on Linux',
    expirationTime: null,
  }
  const made = await one.ok('POST', '/api/push/subscriptions', body)
  await one.ok('POST', '/api/push/subscriptions', body)
  expect((await one.hub.ask('GET', '/api/push/subscriptions')).json()).toMatchObject([{ browser: 'Firefox on Linux' }])
  expect((await one.hub.ask('GET', '/api/channels')).json()).toMatchObject([{ kind: 'web_push', channel_id: 'web_push', config: {} }])
  expect(JSON.stringify(await one.hub.store.alerts.subscriptions())).not.toContain('push.example')
  await one.ok('DELETE', `/api/push/subscriptions/${made.subscription_id}`)
  expect((await one.hub.ask('DELETE', `/api/push/subscriptions/${made.subscription_id}`)).statusCode).toBe(404)
})
