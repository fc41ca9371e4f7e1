import { randomUUID } from 'node:crypto'
import type { AuditEntry } from '@signalbox/contract/audit'
import type { Budget } from '@signalbox/contract/budget'
import { expect, it } from 'vitest'
import { type AlertHub, openAlertHub } from '../../test/alert-hub.ts'
import { someCall } from '../../test/call.ts'

const PUBLIC_URL = 'http://hub.example'
const env = { PUBLIC_URL, ALERT_GROUP_MS: '0' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

const actionOf = ({ peer }: AlertHub) => (peer.received.at(-1)!.alerts[0] as unknown as { action?: { label: string; url: string } }).action
const audited = async ({ hub }: AlertHub, action: string) => (await hub.ask('GET', `/api/audit?action=${action}`)).json() as AuditEntry[]

/** A session that asks for a permission, and waits. @returns its id and that of the question */
async function asksPermission(one: AlertHub): Promise<{ session_id: string; question_id: string }> {
  const [session_id, question_id] = [randomUUID(), randomUUID()]
  const content = { tool: 'Bash', details: [{ name: 'command', text: 'npm test' }], suggestions: [], choices: [] }
  const asked = { question_id, session_id, machine_id: 'laptop', kind: 'permission', expires_in_ms: 3_600_000, content }
  await one.ok('POST', '/api/questions', asked)
  const observation = {
    observation_id: randomUUID(),
    session_id,
    source: 'hook',
    at: new Date(one.hub.clock.now()).toISOString(),
    project_id: 'shop',
    alive: true,
    activity: 'waiting',
    waiting_for: 'permission',
  }
  await one.ok('POST', '/sessions/observations', { machine_id: 'laptop', observations: [observation] })
  return { session_id, question_id }
}

it('a session that asks is answered by the link of its alert, once, where the channel has such links', async () => {
  const one = await openAlertHub({ env })
  await one.ok('PUT', '/api/alert-rules/session_waiting', { parameters: { after_ms: 0 } })
  await one.channel({ action_links: true })
  const { question_id } = await asksPermission(one)
  await one.work()
  await one.pass(5_000)
  const { label, url } = actionOf(one)!
  expect([label, url.slice(0, PUBLIC_URL.length + 3)]).toEqual(['Answer', `${PUBLIC_URL}/q/`])
  const path = url.slice(PUBLIC_URL.length)
  expect((await one.hub.inject({ method: 'GET', url: path })).body).toContain('npm test')
  const answer = () => one.hub.inject({ method: 'POST', url: path, headers: form, payload: 'action=allow' })
  expect((await answer()).body).toContain('The session goes on.')
  expect((await answer()).statusCode).toBe(410)
  expect(await one.ok('GET', `/api/questions/${question_id}`)).toMatchObject({
    answered: { decision: 'allow', via: 'link', by: 'a link in Hook' },
  })
  expect(await audited(one, 'question.answered')).toMatchObject([
    { key_name: 'a link in Hook', details: { via: 'link', decision: 'allow' } },
  ])
  // What is asked is in no message that was sent, and in none that is kept.
  expect(JSON.stringify([one.peer.received, one.hub.store.connection.prepare('SELECT * FROM message').all()])).not.toContain('npm test')
})

it('without that, the button leads to the page of the session, for which one has to sign in', async () => {
  const one = await openAlertHub({ env })
  await one.ok('PUT', '/api/alert-rules/session_waiting', { parameters: { after_ms: 0 } })
  await one.channel()
  const { session_id } = await asksPermission(one)
  await one.work()
  await one.pass(5_000)
  expect(actionOf(one)).toEqual({ label: 'Answer', url: `${PUBLIC_URL}/app/sessions/${session_id}` })
})

it('the alert of a soft line has a link that raises the line, once', async () => {
  const one = await openAlertHub({ env })
  await one.channel({ action_links: true })
  const { budget_id } = (await one.ok('POST', '/api/budgets', { name: 'All', kind: 'day', amount_usd: 10 })) as unknown as Budget
  const at = new Date(one.hub.clock.now()).toISOString()
  // Output of Opus 4.8 costs $25 a million tokens.
  const call = someCall({ key: 'msg_1', at, model: 'claude-opus-4-8', input: 0, output: 360_000, write_5m: 0, write_1h: 0, read: 0 })
  await one.ok('POST', '/api/usage/calls', { machine_id: 'laptop', calls: [call] })
  await one.pass(120_000, 30_000)
  const { label, url } = actionOf(one)!
  expect([label, url.slice(0, PUBLIC_URL.length + 3)]).toEqual(['Go on by $2.50', `${PUBLIC_URL}/b/`])
  const raise = () => one.hub.inject({ method: 'POST', url: url.slice(PUBLIC_URL.length), headers: form, payload: 'action=go-on' })
  expect((await raise()).body).toContain('The line is raised.')
  expect((await raise()).statusCode).toBe(410)
  expect(await one.ok('GET', `/api/budgets/${budget_id}`)).toMatchObject({
    line: 12.5,
    raises: [{ amount: 2.5, via: 'link', by: 'a link in Hook' }],
  })
})
