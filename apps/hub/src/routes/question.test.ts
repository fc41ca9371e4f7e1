import { randomUUID } from 'node:crypto'
import type { AskedQuestion, QuestionContent } from '@signalbox/contract/question'
import { expect, it } from 'vitest'
import { openHub, type TestHub } from '../../test/open-hub.ts'

const SECRET = 'planted-71ce'
const session_id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const permission: QuestionContent = {
  tool: `Bash ${SECRET}`,
  details: [{ name: 'command', text: `cat ${SECRET}` }],
  suggestions: [`Bash(cat ${SECRET}:*)`],
  choices: [],
}
const asker = { machine_id: 'laptop', session_id, project_id: 'shop' }

async function ask(hub: TestHub, more: object = {}): Promise<string> {
  const question_id = randomUUID()
  const payload = { question_id, ...asker, kind: 'permission', expires_in_ms: 3_600_000, content: permission, ...more }
  const answer = await hub.ask('POST', '/api/questions', { payload })
  expect(answer.json()).toEqual({ state: 'open' })
  return question_id
}

async function keyWith(hub: TestHub, scopes: string[], more: object = {}) {
  const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: `key of ${scopes}`, scopes, ...more } })).json() as { key: string }
  return (method: string, url: string, payload?: object) =>
    hub.ask(method, url, { headers: { authorization: `Bearer ${key}` }, ...(payload === undefined ? {} : { payload }) })
}

const list = async (hub: TestHub, query = '') => (await hub.ask('GET', `/api/questions${query}`)).json() as AskedQuestion[]
const wait = (hub: TestHub, id: string, wait_ms = 20_000) =>
  hub.ask('POST', `/api/questions/${id}/wait`, { payload: { ...asker, wait_ms } })
const audit = async (hub: TestHub) =>
  ((await hub.ask('GET', '/api/audit?action=question.answered&action=question.ended')).json() as { action: string; details: object }[])
    .map(({ action, details }) => ({ action, ...details }))
    .reverse()

it('a hook asks and waits, a person sees what is asked and answers, and the hook says that the session went on', async () => {
  const hub = await openHub()
  const id = await ask(hub)
  const waiting = wait(hub, id)
  expect(await list(hub)).toMatchObject([{ question_id: id, state: 'open', kind: 'permission', content: permission }])
  const answered = await hub.ask('POST', `/api/questions/${id}/answer`, { payload: { decision: 'deny', message: `Not ${SECRET}.` } })
  expect(answered.json()).toMatchObject({ state: 'answered', answered: { decision: 'deny', via: 'key', by: 'API_KEYS[0]' } })
  expect((await waiting).json()).toEqual({ state: 'answered', decision: 'deny', message: `Not ${SECRET}.` })
  const end = () =>
    hub.ask('POST', `/api/questions/${id}/end`, { payload: { ...asker, kind: 'permission', outcome: 'applied', decision: 'deny' } })
  expect([(await end()).statusCode, (await end()).statusCode]).toEqual([204, 204])
  expect((await hub.ask('GET', `/api/questions/${id}`)).json()).toMatchObject({ state: 'ended', outcome: 'applied' })

  const facts = { question_id: id, session_id, machine_id: 'laptop', kind: 'permission', decision: 'deny', via: 'key', by: 'API_KEYS[0]' }
  expect(await audit(hub)).toEqual([
    { action: 'question.answered', ...facts },
    { action: 'question.ended', ...facts, outcome: 'applied' },
  ])
  const events = (await hub.ask('GET', '/events?format=json&after=0')).json() as { event: string }[]
  expect(events.map(({ event }) => event)).toEqual(['question.asked', 'question.answered', 'question.ended'])
  // What was asked and said is in no log, no event and no list.
  expect(JSON.stringify([events, await audit(hub), await list(hub), hub.log])).not.toContain(SECRET)
})

it('the second answer is refused with who was first, also after the end', async () => {
  const hub = await openHub()
  const id = await ask(hub)
  const other = await keyWith(hub, ['answer'])
  const answers = await Promise.all([
    hub.ask('POST', `/api/questions/${id}/answer`, { payload: { decision: 'allow' } }),
    other('POST', `/api/questions/${id}/answer`, { decision: 'deny' }),
  ])
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
  const winner = answers.find(({ statusCode }) => statusCode === 200)!.json().answered as object
  const late = await other('POST', `/api/questions/${id}/answer`, { decision: 'allow' })
  expect(late.json()).toMatchObject({ errorCode: 'CONFLICT', details: { answered: winner } })
  await hub.ask('POST', `/api/questions/${id}/end`, { payload: { ...asker, kind: 'permission', outcome: 'terminal' } })
  const later = await other('POST', `/api/questions/${id}/answer`, { decision: 'allow' })
  expect(later.json()).toMatchObject({ errorCode: 'CONFLICT', message: /terminal.*did not count/, details: { outcome: 'terminal' } })
  expect((await audit(hub)).map(({ action }) => action)).toEqual(['question.answered', 'question.ended'])
})

it('only the scope answer sees and answers; only ingest asks', async () => {
  const hub = await openHub()
  const id = await ask(hub)
  for (const scopes of [['read'], ['write', 'ingest', 'admin']]) {
    const request = await keyWith(hub, scopes)
    expect((await request('GET', '/api/questions')).statusCode).toBe(403)
    expect((await request('GET', `/api/questions/${id}`)).statusCode).toBe(403)
    expect((await request('POST', `/api/questions/${id}/answer`, { decision: 'allow' })).statusCode).toBe(403)
    expect((await request('POST', `/api/questions/${id}/links`, {})).statusCode).toBe(403)
  }
  const answering = await keyWith(hub, ['answer'])
  expect((await answering('POST', '/api/questions', {})).statusCode).toBe(403)
  expect((await answering('POST', `/api/questions/${id}/wait`, { ...asker, wait_ms: 0 })).statusCode).toBe(403)
  expect((await answering('POST', `/api/questions/${id}/answer`, { decision: 'allow' })).statusCode).toBe(200)
})

it('a key that is bound to a machine or project asks and answers only there', async () => {
  const hub = await openHub()
  const id = await ask(hub)
  const other = await keyWith(hub, ['ingest', 'answer'], { machine_id: 'other' })
  const body = { question_id: randomUUID(), ...asker, kind: 'permission', expires_in_ms: 1000, content: permission }
  expect((await other('POST', '/api/questions', body)).statusCode).toBe(403)
  expect((await other('POST', `/api/questions/${id}/wait`, { ...asker, machine_id: 'other', wait_ms: 0 })).statusCode).toBe(404)
  expect((await other('GET', '/api/questions')).json()).toEqual([])
  expect((await other('POST', `/api/questions/${id}/answer`, { decision: 'allow', session_id })).statusCode).toBe(403)
  expect((await other('GET', `/api/questions/${id}`)).statusCode).toBe(404)
  for (const bound of [{ machine_id: 'laptop' }, { project_id: 'shop' }]) {
    const own = await keyWith(hub, ['ingest', 'answer'], bound)
    expect((await own('GET', '/api/questions')).json()).toHaveLength(1)
    expect((await own('POST', `/api/questions/${id}/wait`, { ...asker, wait_ms: 0 })).json()).toEqual({ state: 'open' })
  }
})

it('a hub without keys, which lets in every program of its user, lets none of them answer', async () => {
  const hub = await openHub({ env: { API_KEYS: '', NODE_ENV: 'development' } })
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const body = { question_id: randomUUID(), ...asker, kind: 'permission', expires_in_ms: 1000, content: permission }
  const headers = { 'content-type': 'application/json' }
  const asked = await fetch(`${url}/api/questions`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(asked.status).toBe(200)
  expect((await fetch(`${url}/api/questions`)).status).toBe(403)
  const answer = await fetch(`${url}/api/questions/${body.question_id}/answer`, { method: 'POST', headers, body: '{"decision":"allow"}' })
  expect(answer.status).toBe(403)
})

it('a hub that was started again does not know the question, and takes what became of it', async () => {
  const hub = await openHub()
  const id = randomUUID()
  expect((await wait(hub, id)).statusCode).toBe(404)
  const payload = { ...asker, kind: 'plan', outcome: 'applied', decision: 'allow' }
  expect((await hub.ask('POST', `/api/questions/${id}/end`, { payload })).statusCode).toBe(204)
  expect(await audit(hub)).toEqual([
    { action: 'question.ended', question_id: id, session_id, machine_id: 'laptop', kind: 'plan', outcome: 'applied', decision: 'allow' },
  ])
})

it('hostile sizes and texts are refused', async () => {
  const hub = await openHub()
  const refused = async (content: object) => {
    const payload = { question_id: randomUUID(), ...asker, kind: 'permission', expires_in_ms: 1000, content: { ...permission, ...content } }
    return (await hub.ask('POST', '/api/questions', { payload })).statusCode
  }
  expect(await refused({ details: [{ name: 'x', text: 'y'.repeat(40_001) }] })).toBe(400)
  expect(await refused({ details: Array.from({ length: 20 }, () => ({ name: 'x', text: 'y'.repeat(40_000) })) })).toBe(413)
  expect(await refused({ details: [{ name: 'x', text: '\0' }] })).toBe(400)
  expect(await refused({ tool: 'a\u202eb' })).toBe(400)
  expect(await refused({ suggestions: Array.from({ length: 21 }, () => 'x') })).toBe(400)
  expect(await list(hub)).toEqual([])
})

it('a one-use link shows what is asked, asks once more, and answers once, without a key', async () => {
  const hub = await openHub()
  const id = await ask(hub)
  const { url } = (await hub.ask('POST', `/api/questions/${id}/links`, { payload: {} })).json() as { url: string }
  const path = new URL(url).pathname
  const form = (body: string) =>
    hub.inject({ method: 'POST', url: path, payload: body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  // Scanners look as often as they like.
  for (const method of ['GET', 'GET', 'HEAD'] as const) {
    const page = await hub.inject({ method, url: path })
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'/)
  }
  expect((await hub.inject({ url: path })).body).toContain(`cat ${SECRET}`)
  expect((await form('')).body).toContain('Choose an answer first')
  const done = await form('action=deny&message=Not+now.')
  expect(done.body).toContain('Your answer was taken')
  expect((await wait(hub, id)).json()).toEqual({ state: 'answered', decision: 'deny', message: 'Not now.' })
  expect((await form('action=allow')).statusCode).toBe(410)
  expect((await hub.inject({ url: path })).body).not.toContain(SECRET)
  expect(await audit(hub)).toMatchObject([{ action: 'question.answered', decision: 'deny', via: 'link', by: 'API_KEYS[0]' }])
  expect(JSON.stringify(hub.log)).not.toContain(path.split('/q/')[1]!)
})

it('a link to a question that was answered says who was first', async () => {
  const hub = await openHub()
  const id = await ask(hub)
  const { url } = (await hub.ask('POST', `/api/questions/${id}/links`, { payload: {} })).json() as { url: string }
  await hub.ask('POST', `/api/questions/${id}/answer`, { payload: { decision: 'allow' } })
  const page = await hub.inject({ url: new URL(url).pathname })
  expect(page.body).toContain('API_KEYS[0] answered first: allow')
  expect(page.body).not.toContain('<form')
  expect((await hub.inject({ url: '/q/made-up.token' })).body).toContain('used already or has ended')
})

it('a link takes choices and words for the questions of a model', async () => {
  const hub = await openHub()
  const options = [{ label: 'Red' }, { label: 'Blue', description: 'as the sea' }]
  const choices = [
    { question: 'Colour?', several: false, options },
    { question: 'Sizes?', several: true, options },
  ]
  const id = await ask(hub, { kind: 'question', content: { tool: 'AskUserQuestion', details: [], suggestions: [], choices } })
  const { url } = (await hub.ask('POST', `/api/questions/${id}/links`, { payload: {} })).json() as { url: string }
  const path = new URL(url).pathname
  const form = (payload: string) =>
    hub.inject({ method: 'POST', url: path, payload, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  expect((await hub.inject({ url: path })).body).toContain('as the sea')
  expect((await form('action=allow&choice0=1')).body).toContain('Choose an answer first')
  expect((await form('action=allow&choice0=1&choice1.0=0&choice1.1=1&text1=and+more')).body).toContain('Your answer was taken')
  expect((await wait(hub, id)).json()).toEqual({
    state: 'answered',
    decision: 'allow',
    chosen: [{ selected: [1] }, { selected: [0, 1], text: 'and more' }],
  })
})
