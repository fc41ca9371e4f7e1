import diagnostics from 'node:diagnostics_channel'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: unknown
}
interface Asked {
  readonly method?: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly payload?: string | Buffer
}

/** Those that chance, the clock or the connection decide. */
const passing = ['date', 'connection', 'keep-alive', 'x-request-id', 'ratelimit-remaining', 'ratelimit-reset', 'transfer-encoding', 'vary']
const lasting = (headers: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !passing.includes(name))
      .map(([name, value]) => [name, String(value)]),
  )
/** An error names its request, and when and how often it was tried. */
const plain = (body: unknown) => {
  if (typeof body !== 'object' || body === null) return body
  const { request_id: _, timestamp: __, ...rest } = body as Record<string, unknown>
  return rest
}

/** A hub that has no line to log for each request, and its port. */
async function listening(env: NodeJS.ProcessEnv = {}): Promise<TestHub & { port: number }> {
  const hub = await openHub({ env: { LOG_LEVEL: 'warn', ...env } })
  await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const made = await hub.ask('POST', '/sessions', { payload: { session_id: session, project_id: 'p', machine_id: 'm' } })
  expect(made.statusCode).toBe(201)
  return Object.assign(hub, { port: (hub.app.server.address() as AddressInfo).port })
}

function bySocket(port: number, { method = 'POST', url, headers = {}, payload }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const json = String(response.headers['content-type']).startsWith('application/json')
        resolve({ status: response.statusCode!, headers: response.headers, body: json ? JSON.parse(text) : text })
      })
    })
    request.on('error', reject)
    request.end(payload)
  })
}

async function byFramework(hub: TestHub, { method = 'POST', url, headers = {}, payload }: Asked): Promise<Answer> {
  const answer = await hub.app.inject({ method: method as 'POST', url, headers, ...(payload === undefined ? {} : { payload }) })
  const json = String(answer.headers['content-type']).startsWith('application/json')
  return { status: answer.statusCode, headers: answer.headers, body: json ? answer.json() : answer.payload }
}

const key = { authorization: `Bearer ${masterKey}` }
const json = { ...key, 'content-type': 'application/json' }
const session = '5f9b2c1e-0d3a-4b7e-9a51-1c2d3e4f5a6b'
const over = '6a0c3d2f-1e4b-4c8f-8b62-2d3e4f5a6b7c'
const beat = `/sessions/${session}/heartbeat`
const sized = (headers: Record<string, string>, payload: string | Buffer) => ({
  ...headers,
  'content-length': `${Buffer.byteLength(payload)}`,
})

const cases: [string, number, Asked][] = [
  ['a beat without a body', 200, { url: beat, headers: key }],
  ['a beat with an empty body', 200, { url: beat, headers: { ...key, 'content-length': '0' } }],
  ['a beat with an empty object', 200, { url: beat, headers: sized(json, '{}'), payload: '{}' }],
  ['a beat that says something', 200, { url: beat, headers: sized(json, '{"activity":"working"}'), payload: '{"activity":"working"}' }],
  ['a beat with the other header for keys', 200, { url: beat, headers: { 'x-api-key': masterKey } }],
  [
    'a beat of a kept-alive client that sends chunks',
    200,
    { url: beat, headers: { ...json, 'transfer-encoding': 'chunked' }, payload: '{}' },
  ],
  ['a gzipped body', 200, { url: beat, headers: { ...json, 'content-encoding': 'gzip' }, payload: gzipSync('{}') }],
  ['a charset', 200, { url: beat, headers: { ...json, 'content-type': 'application/json; charset=utf-8' }, payload: '{}' }],
  ['an id that is written in another way', 200, { url: `/sessions/${session.replace('-', '%2D')}/heartbeat`, headers: key }],
  ['a session that is not there', 404, { url: '/sessions/nobody/heartbeat', headers: sized(json, '{}'), payload: '{}' }],
  ['a session that has ended', 409, { url: `/sessions/${over}/heartbeat`, headers: key }],
  ['a body that is no JSON', 400, { url: beat, headers: sized(json, '{"activity":'), payload: '{"activity":' }],
  ['a property that is not known', 400, { url: beat, headers: sized(json, '{"mood":"good"}'), payload: '{"mood":"good"}' }],
  ['a value that is wrong', 400, { url: beat, headers: sized(json, '{"status":"failed"}'), payload: '{"status":"failed"}' }],
  ['a body that is a list', 400, { url: beat, headers: sized(json, '[]'), payload: '[]' }],
  ['a prototype', 400, { url: beat, headers: sized(json, '{"__proto__":{"a":1}}'), payload: '{"__proto__":{"a":1}}' }],
  ['a body of another type', 400, { url: beat, headers: { ...key, 'content-type': 'text/plain' }, payload: 'hello' }],
  ['a body of 3 MB', 413, { url: beat, headers: json, payload: JSON.stringify({ metadata: { a: 'x'.repeat(3e6) } }) }],
  ['a wrong key', 401, { url: beat, headers: { authorization: 'Bearer wrong' } }],
  ['no key', 401, { url: beat }],
  ['a Bearer that is wrong beside a right key', 401, { url: beat, headers: { authorization: 'Bearer wrong', 'x-api-key': masterKey } }],
  ['a query that is not known', 400, { url: `${beat}?fast=1`, headers: key }],
  ['another method', 404, { method: 'GET', url: beat, headers: key }],
  ['another door', 404, { url: `/sessions/${session}/heartbeats`, headers: key }],
  ['a slash too many', 404, { url: `/sessions/${session}/x/heartbeat`, headers: key }],
]

describe('the fast lane', () => {
  it.each(cases)('answers as the usual way does: %s', async (_, status, asked) => {
    const [hub, other] = [await listening(), await listening()]
    for (const one of [hub, other]) {
      const payload = { session_id: over, project_id: 'p', machine_id: 'm' }
      await one.ask('POST', '/sessions', { payload })
      await one.ask('DELETE', `/sessions/${over}`)
    }
    const [fast, usual] = [await bySocket(hub.port, asked), await byFramework(other, asked)]
    expect([fast.status, usual.status]).toEqual([status, status])
    expect(plain(fast.body)).toEqual(plain(usual.body))
    expect(lasting(fast.headers)).toEqual(lasting(usual.headers))
    // Asked twice in the end or not: it counts once.
    expect(fast.headers['ratelimit-remaining']).toBe(String(usual.headers['ratelimit-remaining']))
    const [kept, expected] = await Promise.all([hub, other].map(async (one) => (await one.ask('GET', `/sessions/${session}`)).json()))
    expect(kept).toEqual(expected)
  })

  it('is taken by those that are plain, and by no others', async () => {
    const hub = await listening()
    let usual = 0
    const count = () => usual++
    diagnostics.subscribe('tracing:fastify.request.handler:start', count)
    onTestFinished(() => void diagnostics.unsubscribe('tracing:fastify.request.handler:start', count))
    const ways: number[] = []
    for (const asked of [
      { url: beat, headers: key },
      { url: beat, headers: sized(json, '{"activity":"working"}'), payload: '{"activity":"working"}' },
      { url: beat, headers: { ...key, 'idempotency-key': 'once' } },
      { url: `/sessions/${session.replace('-', '%2D')}/heartbeat`, headers: key },
    ]) {
      usual = 0
      expect((await bySocket(hub.port, asked)).status).toBe(200)
      ways.push(usual)
    }
    expect(ways).toEqual([0, 0, 1, 1])
  })

  it('keeps the id of the request, and gives one to a request without', async () => {
    const { port } = await listening()
    const named = await bySocket(port, { url: beat, headers: { ...key, 'x-request-id': 'mine' } })
    expect(named.headers['x-request-id']).toBe('mine')
    const unnamed = await bySocket(port, { url: beat, headers: key })
    expect(unnamed.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('counts each session for itself, together with the usual way', async () => {
    const hub = await listening({ HEARTBEAT_LIMIT_PER_MINUTE: '3' })
    await hub.ask('POST', beat)
    const statuses: number[] = []
    for (let n = 0; n < 3; n++) statuses.push((await bySocket(hub.port, { url: beat, headers: key })).status)
    expect(statuses).toEqual([200, 200, 429])
    expect((await hub.ask('POST', beat)).statusCode).toBe(429)
    hub.clock.pass(60_001)
    expect((await bySocket(hub.port, { url: beat, headers: key })).status).toBe(200)
  })

  it('knows managed keys, what they may do, and that they were revoked', async () => {
    const hub = await listening()
    const make = async (scopes: string[]) =>
      (await hub.ask('POST', '/api/keys', { payload: { name: scopes.join(), scopes } })).json() as { key: string; key_id: string }
    const [writer, reader] = [await make(['write']), await make(['read'])]
    const knock = async (one: { key: string }) => (await bySocket(hub.port, { url: beat, headers: { 'x-api-key': one.key } })).status
    expect([await knock(writer), await knock(reader)]).toEqual([200, 403])
    await hub.ask('DELETE', `/api/keys/${writer.key_id}`)
    expect(await knock(writer)).toBe(401)
  })

  it('repeats a request with an Idempotency-Key', async () => {
    const hub = await listening()
    const asked = { url: beat, headers: { ...key, 'idempotency-key': 'once' } }
    await bySocket(hub.port, asked)
    expect((await bySocket(hub.port, asked)).headers['idempotent-replayed']).toBe('true')
  })

  it('tells who listens, and the figures', async () => {
    const hub = await listening()
    await bySocket(hub.port, { url: beat, headers: key })
    const figures = (await hub.ask('GET', '/metrics')).payload
    expect(figures).toContain(
      'signalbox_http_request_duration_seconds_count{method="POST",route="/sessions/:session_id/heartbeat",status="200"} 1',
    )
  })

  it('is not hurt by a client that goes away in the middle of its body', async () => {
    const hub = await listening()
    const socket = net.connect(hub.port, '127.0.0.1')
    socket.write(
      `POST ${beat} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${masterKey}\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"acti`,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    expect((await bySocket(hub.port, { url: beat, headers: key })).status).toBe(200)
  })

  it('answers what is under way when the hub is told to stop, and lets the connection go', async () => {
    const hub = await listening()
    const agent = new http.Agent({ keepAlive: true })
    const knock = () =>
      new Promise<number>((resolve, reject) => {
        http
          .request({ host: '127.0.0.1', port: hub.port, method: 'POST', path: beat, headers: key, agent }, (response) => {
            response.resume()
            response.on('end', () => resolve(response.statusCode!))
          })
          .on('error', reject)
          .end()
      })
    expect(await knock()).toBe(200)
    const last = knock()
    // It is on its way: the patience of the writer is longer than the way.
    await new Promise((resolve) => setTimeout(resolve, 3))
    const closed = hub.app.close()
    expect(await last).toBe(200)
    await closed
    agent.destroy()
  })
})
