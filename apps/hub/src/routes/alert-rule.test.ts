import type { AlertRule } from '@signalbox/contract/alert-rule'
import { expect, it } from 'vitest'
import { openAlertHub } from '../../test/alert-hub.ts'

it('the first rules are there, and one that was removed does not come back', async () => {
  const one = await openAlertHub()
  const rules = (await one.hub.ask('GET', '/api/alert-rules')).json() as AlertRule[]
  expect(rules.length).toBeGreaterThanOrEqual(10)
  expect(rules.every(({ enabled, channels, source }) => enabled && channels === 'all' && source === 'default')).toBe(true)
  await one.ok('DELETE', '/api/alert-rules/task_failed')
  await one.hub.app.alerts.prepare()
  expect((await one.hub.ask('GET', '/api/alert-rules/task_failed')).statusCode).toBe(404)
})

it('a rule is made, previewed, changed, snoozed and removed', async () => {
  const one = await openAlertHub()
  const body = { kind: 'budget', name: 'Month', parameters: { amount_usd: 100, period: 'month' }, severity: 'critical' }
  expect(await one.ok('POST', '/api/alert-rules/preview', body)).toMatchObject({ now: [], now_count: 0, past_count: 0 })
  const made = await one.ok('POST', '/api/alert-rules', body)
  const url = `/api/alert-rules/${made.rule_id}`
  expect(made).toMatchObject({ name: 'Month', severity: 'critical', channels: 'all', source: 'user', revision: 1 })
  expect(await one.ok('POST', `${url}/preview`)).toMatchObject({ now_count: 0 })
  expect(await one.ok('PUT', url, { severity: null, channels: [], repeat_ms: 3_600_000 })).toMatchObject({
    channels: [],
    repeat_ms: 3_600_000,
  })
  expect(await one.ok('GET', url)).not.toHaveProperty('severity')
  const wrong = await one.hub.ask('PUT', url, { payload: { parameters: { amount_usd: -1, period: 'month' } } })
  expect([wrong.statusCode, wrong.json().details.field]).toEqual([400, 'parameters.amount_usd'])
  const escalate = [{ after_ms: 60_000, channels: ['c_nope'] }]
  for (const [method, at, payload, field] of [
    ['POST', '/api/alert-rules', { ...body, channels: ['c_nope'] }, 'channels'],
    ['PUT', url, { channels: ['c_nope'] }, 'channels'],
    ['PUT', url, { escalate }, 'escalate[0].channels'],
  ] as const) {
    const unknown = await one.hub.ask(method, at, { payload })
    expect([unknown.statusCode, unknown.json().message]).toEqual([400, `${field}: there is no channel c_nope`])
  }
  expect((await one.hub.ask('PUT', url, { payload: { enabled: false }, headers: { 'if-match': '"1"' } })).statusCode).toBe(412)
  expect(await one.ok('POST', `${url}/snooze`, { for_ms: 60_000 })).toHaveProperty('snoozed_until')
  expect(await one.ok('DELETE', `${url}/snooze`)).not.toHaveProperty('snoozed_until')
  await one.ok('DELETE', url)
  expect((await one.hub.ask('DELETE', url)).statusCode).toBe(404)
})

it('a first rule that was removed is brought back, and the others stay as they are', async () => {
  const one = await openAlertHub()
  await one.ok('PUT', '/api/alert-rules/session_stalled', { enabled: false })
  await one.ok('DELETE', '/api/alert-rules/session_failed')
  const restored = await one.hub.ask('POST', '/api/alert-rules/restore')
  expect(restored.json()).toMatchObject([{ rule_id: 'session_failed', enabled: true, source: 'default' }])
  expect((await one.hub.ask('POST', '/api/alert-rules/restore')).json()).toEqual([])
  expect(await one.ok('GET', '/api/alert-rules/session_stalled')).toMatchObject({ enabled: false })
})
