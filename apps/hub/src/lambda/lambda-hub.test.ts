import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { builtDashboard } from '../../../../test/browser/harness.ts'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../test/support/mongo.ts'
import { tempFolder } from '../../../../test/support/temp.ts'
import { slowNetwork } from '../../test/slow-network.ts'
import type { HttpAnswer, HttpEvent } from './gateway-event.ts'
import { LambdaHub } from './lambda-hub.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const KEY = 'key-of-this-test-0123456789abcdef'
const context = { getRemainingTimeInMillis: () => 30_000 }

async function openLambda(env: NodeJS.ProcessEnv = {}) {
  const settings = {
    MONGODB_URI: await databaseForStore(),
    SECRET_KEY: 'secret-of-this-test-0123456789abcdef',
    API_KEYS: KEY,
    DATA_DIR: tempFolder(),
    LOG_LEVEL: 'silent',
    ...env,
  }
  const start = () => {
    const hub = new LambdaHub(settings, builtDashboard())
    onTestFinished(() => hub.close())
    const ask = (method: string, rawPath: string, body?: object, query = '', headers: Record<string, string> = {}) =>
      hub.handle(
        {
          version: '2.0',
          rawPath,
          rawQueryString: query,
          headers: { host: 'signalbox.example', authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          requestContext: { domainName: 'signalbox.example', http: { method, sourceIp: '192.0.2.7' } },
        } satisfies HttpEvent,
        context,
      ) as Promise<HttpAnswer>
    return { hub, ask }
  }
  return { start, settings }
}

it('two instances are one hub: what one has written, the other reads, with ids of any kind', async () => {
  const { start } = await openLambda()
  const [one, other] = [start(), start()]
  expect((await one.ask('GET', '/health')).statusCode).toBe(200)
  const created = await one.ask('POST', '/machines', { machine_id: 'rack/1 ä', hostname: 'rack' })
  expect(created.statusCode).toBe(201)
  const read = await other.ask('GET', `/machines/${encodeURIComponent('rack/1 ä')}`)
  expect([read.statusCode, JSON.parse(read.body).machine_id]).toEqual([200, 'rack/1 ä'])
  const refused = await one.ask('GET', '/sessions', undefined, '', { authorization: 'Bearer wrong' })
  expect([refused.statusCode, JSON.parse(refused.body).error]).toEqual([401, 'unauthorized'])
})

it('people sign in over https, from their own address', async () => {
  const { start } = await openLambda()
  const { ask } = start()
  const login = await ask('POST', '/api/login', { key: KEY }, '', { origin: 'https://signalbox.example', authorization: '' })
  expect(login.statusCode).toBe(200)
  expect(login.cookies).toEqual([expect.stringMatching(/^__Host-signalbox_login.*; Secure/)])
  const page = await ask('GET', '/app', undefined, '', { accept: 'text/html', 'accept-encoding': 'br' })
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
})

it('without its store it says so and that one may try again, and the next call opens it', async () => {
  const { start, settings } = await openLambda()
  const uri = settings.MONGODB_URI
  const { ask } = start()
  settings.MONGODB_URI = 'mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=200'
  const away = await ask('GET', '/sessions')
  expect([away.statusCode, away.headers['retry-after'], JSON.parse(away.body).error]).toEqual([503, '5', 'unavailable'])
  expect(away.body).not.toContain('127.0.0.1')
  settings.MONGODB_URI = uri
  expect((await ask('GET', '/sessions')).statusCode).toBe(200)
})

it.each(['MONGODB_URI', 'SECRET_KEY'])('needs %s', async (name) => {
  const { start } = await openLambda({ [name]: undefined })
  const { hub, ask } = start()
  expect((await ask('GET', '/health')).statusCode).toBe(503)
  await expect(hub.tick(context)).rejects.toThrow(`needs ${name}`)
})

it('the stream of events is a turn that ends with what has happened, and goes on at its last event', async () => {
  const { start } = await openLambda()
  const [reader, writer] = [start(), start()]
  expect((await reader.ask('GET', '/health')).statusCode).toBe(200)
  const turn = reader.ask('GET', '/events', undefined, 'after=0&types=session.created')
  await sleep(300)
  await writer.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
  const { body, headers } = await turn
  expect(headers['content-type']).toContain('text/event-stream')
  expect(body).toMatch(/^retry: 250\n\n/)
  expect(body).toContain('event: session.created')
  const last = Math.max(...[...body.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)))
  await writer.ask('POST', '/sessions', { project_id: 'p2', machine_id: 'm' })
  const next = await reader.ask('GET', '/events', undefined, 'types=session.created', { 'last-event-id': String(last) })
  expect([...next.body.matchAll(/^event: /gm)]).toHaveLength(1)
  expect(next.body).toContain('"p2"')
})

it('the tick does what a hub does by itself: silent sessions are stalled by whichever instance is called', async () => {
  const { start } = await openLambda({ STALL_THRESHOLD_MS: '2000' })
  const [first, second] = [start(), start()]
  await first.hub.tick(context)
  const { session_id } = JSON.parse((await first.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })).body)
  await sleep(2_500)
  await second.hub.tick(context)
  const session = JSON.parse((await first.ask('GET', `/sessions/${session_id}`)).body)
  expect(session.status).toBe('stalled')
})

it('a collector has its answer at once, with the time of its next request', async () => {
  const { start } = await openLambda()
  const { ask } = start()
  const poll = { machine_id: 'm', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 20_000 }
  const { statusCode, body } = await ask('POST', '/api/claude/console-usage/collector', poll)
  expect([statusCode, JSON.parse(body)]).toEqual([200, { askAgainInMs: 30_000, timestamp: expect.any(String) }])
  expect(JSON.parse((await ask('POST', '/api/desktop-notices', { machine_id: 'm', waitMs: 20_000 })).body)).toEqual({
    notices: [],
    askAgainInMs: 60_000,
  })
})

it('the tick finishes what a killed instance has left: its change is published, once', async () => {
  const uri = await databaseForStore()
  const line = await slowNetwork(uri)
  const { start, settings } = await openLambda({ MONGODB_URI: line.uri })
  const killed = start()
  const { session_id } = JSON.parse((await killed.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })).body)
  const publishing = line.hold('insert', 'event')
  killed.ask('PUT', `/sessions/${session_id}`, { status: 'paused' }).catch(() => {})
  await publishing.reached
  line.cut()
  settings.MONGODB_URI = uri
  // A new instance, which is frozen before a timer of its own comes.
  await start().hub.tick(context)
  const { body } = await start().ask('GET', '/events', undefined, 'format=json&after=0&types=session.status')
  expect((JSON.parse(body) as { data: object }[]).map(({ data }) => data)).toMatchObject([{ session_id, status: 'paused' }])
})
