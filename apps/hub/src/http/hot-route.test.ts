import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { stretchForLoad } from '../../../../test/support/machine-load.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: unknown
}
interface Request {
  readonly method?: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly payload?: string | Buffer
}

/** Headers that depend on chance, the clock or the connection; whether that stays open is compared apart. */
const variableHeaders = [
  'date',
  'connection',
  'keep-alive',
  'x-request-id',
  'ratelimit-remaining',
  'ratelimit-reset',
  'transfer-encoding',
  'vary',
]
const stableHeaders = (headers: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !variableHeaders.includes(name))
      .map(([name, value]) => [name, String(value)]),
  )
/** The body of an error without the id and the time of its request. */
const stableBody = (body: unknown) => {
  if (typeof body !== 'object' || body === null) return body
  const { request_id: _, timestamp: __, ...rest } = body as Record<string, unknown>
  return rest
}

type ListeningHub = TestHub & { readonly port: number }

/** A hub without a log line for each request, so that the short path is open. */
async function openListeningHub(env: NodeJS.ProcessEnv = {}, onClose?: typeof afterAll): Promise<ListeningHub> {
  const hub = await openHub({ env: { LOG_LEVEL: 'warn', ...env } }, onClose)
  await hub.app.listen({ port: 0, host: '127.0.0.1' })
  const created = await hub.ask('POST', '/sessions', { payload: { session_id: session, project_id: 'p', machine_id: 'm' } })
  expect(created.statusCode).toBe(201)
  return Object.assign(hub, { port: (hub.app.server.address() as AddressInfo).port })
}

/** Sends a request over a connection of its own, or over one of an agent. */
function overSocket(
  port: number,
  { method = 'POST', url, headers = {}, payload }: Request,
  agent: http.Agent | false = false,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path: url, headers, agent }, (response) => {
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

/** Sends a request over a connection that stays open, as most clients do. */
async function overKeptConnection(port: number, request: Request): Promise<Answer> {
  const agent = new http.Agent({ keepAlive: true })
  try {
    return await overSocket(port, request, agent)
  } finally {
    agent.destroy()
  }
}

async function throughFastify(hub: TestHub, { method = 'POST', url, headers = {}, payload }: Request): Promise<Answer> {
  const answer = await hub.app.inject({ method: method as 'POST', url, headers, ...(payload === undefined ? {} : { payload }) })
  const json = String(answer.headers['content-type']).startsWith('application/json')
  return { status: answer.statusCode, headers: answer.headers, body: json ? answer.json() : answer.payload }
}

const key = { authorization: `Bearer ${masterKey}` }
const json = { ...key, 'content-type': 'application/json' }
const session = '5f9b2c1e-0d3a-4b7e-9a51-1c2d3e4f5a6b'
const endedSession = '6a0c3d2f-1e4b-4c8f-8b62-2d3e4f5a6b7c'
const heartbeat = `/sessions/${session}/heartbeat`
const sized = (headers: Record<string, string>, payload: string | Buffer) => ({
  ...headers,
  'content-length': `${Buffer.byteLength(payload)}`,
})

const cases: [string, number, Request][] = [
  ['a heartbeat without a body', 200, { url: heartbeat, headers: key }],
  ['a heartbeat with an empty body', 200, { url: heartbeat, headers: { ...key, 'content-length': '0' } }],
  ['a heartbeat with an empty object', 200, { url: heartbeat, headers: sized(json, '{}'), payload: '{}' }],
  ['a heartbeat with a change', 200, { url: heartbeat, headers: sized(json, '{"activity":"working"}'), payload: '{"activity":"working"}' }],
  ['a heartbeat of the current attempt', 200, { url: heartbeat, headers: sized(json, '{"attempt":1}'), payload: '{"attempt":1}' }],
  ['an attempt that there never was', 400, { url: heartbeat, headers: sized(json, '{"attempt":9}'), payload: '{"attempt":9}' }],
  ['a heartbeat with the other header for keys', 200, { url: heartbeat, headers: { 'x-api-key': masterKey } }],
  ['a body in chunks', 200, { url: heartbeat, headers: { ...json, 'transfer-encoding': 'chunked' }, payload: '{}' }],
  ['a gzipped body', 200, { url: heartbeat, headers: { ...json, 'content-encoding': 'gzip' }, payload: gzipSync('{}') }],
  ['a charset', 200, { url: heartbeat, headers: { ...json, 'content-type': 'application/json; charset=utf-8' }, payload: '{}' }],
  ['an encoded id', 200, { url: `/sessions/${session.replace('-', '%2D')}/heartbeat`, headers: key }],
  ['an id in upper case', 200, { url: `/sessions/${session.toUpperCase()}/heartbeat`, headers: key }],
  ['an unknown session', 404, { url: '/sessions/unknown/heartbeat', headers: sized(json, '{}'), payload: '{}' }],
  ['an ended session', 409, { url: `/sessions/${endedSession}/heartbeat`, headers: key }],
  ['a body that is not JSON', 400, { url: heartbeat, headers: sized(json, '{"activity":'), payload: '{"activity":' }],
  ['an unknown property', 400, { url: heartbeat, headers: sized(json, '{"mood":"good"}'), payload: '{"mood":"good"}' }],
  ['an invalid value', 400, { url: heartbeat, headers: sized(json, '{"status":"failed"}'), payload: '{"status":"failed"}' }],
  ['a body that is a list', 400, { url: heartbeat, headers: sized(json, '[]'), payload: '[]' }],
  ['a prototype', 400, { url: heartbeat, headers: sized(json, '{"__proto__":{"a":1}}'), payload: '{"__proto__":{"a":1}}' }],
  ['a body of another type', 400, { url: heartbeat, headers: { ...key, 'content-type': 'text/plain' }, payload: 'hello' }],
  ['a body of 3 MB', 413, { url: heartbeat, headers: json, payload: JSON.stringify({ metadata: { a: 'x'.repeat(3e6) } }) }],
  ['a wrong key', 401, { url: heartbeat, headers: { authorization: 'Bearer wrong' } }],
  ['no key', 401, { url: heartbeat }],
  ['a wrong Bearer beside a valid key', 401, { url: heartbeat, headers: { authorization: 'Bearer wrong', 'x-api-key': masterKey } }],
  ['an unknown query parameter', 400, { url: `${heartbeat}?fast=1`, headers: key }],
  ['another method', 404, { method: 'GET', url: heartbeat, headers: key }],
  ['another route', 404, { url: `/sessions/${session}/heartbeats`, headers: key }],
  ['one more path segment', 404, { url: `/sessions/${session}/x/heartbeat`, headers: key }],
  ['a heartbeat of a machine', 200, { url: '/machines/m/heartbeat', headers: key }],
  [
    'a heartbeat of a machine with metadata',
    200,
    { url: '/machines/m/heartbeat', headers: sized(json, '{"metadata":{"load":1}}'), payload: '{"metadata":{"load":1}}' },
  ],
  ['an unknown machine', 404, { url: '/machines/unknown/heartbeat', headers: key }],
]

describe('a hot route', () => {
  // Each case is sent to four hubs with the same past: through Fastify, over a new connection, over a kept one, and over a kept
  // one to a hub that logs every request and so has no short path.
  const hubs: ListeningHub[] = []
  beforeAll(async () => {
    for (const LOG_LEVEL of ['warn', 'warn', 'warn', 'debug']) {
      const hub = await openListeningHub({ LOG_LEVEL }, afterAll)
      await hub.ask('POST', '/sessions', { payload: { session_id: endedSession, project_id: 'p', machine_id: 'm' } })
      await hub.ask('DELETE', `/sessions/${endedSession}`)
      hubs.push(hub)
    }
  })

  it.each(cases)('answers on the short path as through Fastify: %s', async (_, status, request) => {
    const [reference, overNew, overKept, withoutShortPath] = hubs as [ListeningHub, ListeningHub, ListeningHub, ListeningHub]
    // A minute of its own, so that each case counts from one.
    for (const { clock } of hubs) clock.pass(60_001)
    const expected = await throughFastify(reference, request)
    expect(expected.status).toBe(status)
    const resources = async (hub: TestHub) => [
      (await hub.ask('GET', `/sessions/${session}`)).json(),
      (await hub.ask('GET', '/machines/m')).json(),
    ]
    const changed = await resources(reference)
    const { connection } = (await overKeptConnection(withoutShortPath.port, request)).headers
    for (const [hub, send] of [
      [overNew, overSocket],
      [overKept, overKeptConnection],
    ] as const) {
      const answer = await send(hub.port, request)
      expect(answer.status).toBe(status)
      expect(stableBody(answer.body)).toEqual(stableBody(expected.body))
      expect(stableHeaders(answer.headers)).toEqual(stableHeaders(expected.headers))
      if (send === overKeptConnection) expect(answer.headers.connection).toBe(connection)
      // A request that changed to Fastify on its way counts once.
      expect(answer.headers['ratelimit-remaining']).toBe(
        expected.headers['ratelimit-remaining'] && String(expected.headers['ratelimit-remaining']),
      )
      expect(await resources(hub)).toEqual(changed)
    }
  })

  it('closes the connection after a body that is not JSON', async () => {
    const body = '{"activity":'
    const socket = net.connect({ port: hubs[1]!.port, host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    let text = ''
    socket.on('data', (data) => (text += data.toString()))
    const head = `POST ${heartbeat} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${masterKey}\r\n`
    socket.write(`${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    await once(socket, 'end')
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*\r\nconnection: close\r\n/i)
  })

  it('takes the short path for plain requests and no others', async () => {
    const [, hub] = hubs
    let handled = 0
    const count = () => handled++
    diagnostics.subscribe('tracing:fastify.request.handler:start', count)
    onTestFinished(() => void diagnostics.unsubscribe('tracing:fastify.request.handler:start', count))
    for (const send of [overSocket, overKeptConnection]) {
      const paths: string[] = []
      for (const request of [
        { url: heartbeat, headers: key },
        { url: heartbeat, headers: sized(json, '{"activity":"working"}'), payload: '{"activity":"working"}' },
        { url: '/machines/m/heartbeat', headers: key },
        { url: heartbeat, headers: { ...key, 'idempotency-key': `once ${send.name}` } },
        { url: `/sessions/${session.replace('-', '%2D')}/heartbeat`, headers: key },
      ]) {
        handled = 0
        expect((await send(hub!.port, request)).status).toBe(200)
        paths.push(handled > 0 ? 'fastify' : 'short')
      }
      expect(paths).toEqual(['short', 'short', 'short', 'fastify', 'fastify'])
    }
  })

  it('keeps the id of the request, and gives one to a request without', async () => {
    const [, { port }] = hubs as [ListeningHub, ListeningHub]
    for (const send of [overSocket, overKeptConnection]) {
      const named = await send(port, { url: heartbeat, headers: { ...key, 'x-request-id': 'mine' } })
      expect(named.headers['x-request-id']).toBe('mine')
      const unnamed = await send(port, { url: heartbeat, headers: key })
      expect(unnamed.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  it('repeats a request with an Idempotency-Key', async () => {
    const [, { port }] = hubs as [ListeningHub, ListeningHub]
    const request = { url: heartbeat, headers: { ...key, 'idempotency-key': 'repeated' } }
    await overSocket(port, request)
    expect((await overSocket(port, request)).headers['idempotent-replayed']).toBe('true')
  })

  it('counts each session separately, on both paths together', async () => {
    const hub = await openListeningHub({ HEARTBEAT_LIMIT_PER_MINUTE: '3' })
    await hub.ask('POST', heartbeat)
    const statuses: number[] = []
    for (let n = 0; n < 3; n++) statuses.push((await overSocket(hub.port, { url: heartbeat, headers: key })).status)
    expect(statuses).toEqual([200, 200, 429])
    expect((await hub.ask('POST', heartbeat)).statusCode).toBe(429)
    hub.clock.pass(60_001)
    expect((await overSocket(hub.port, { url: heartbeat, headers: key })).status).toBe(200)
  })

  it('checks managed keys, their scopes and their revocation', async () => {
    const hub = await openListeningHub()
    const createKey = async (scopes: string[]) =>
      (await hub.ask('POST', '/api/keys', { payload: { name: scopes.join(), scopes } })).json() as { key: string; key_id: string }
    const [writer, reader] = [await createKey(['write']), await createKey(['read'])]
    const send = async (one: { key: string }) => (await overSocket(hub.port, { url: heartbeat, headers: { 'x-api-key': one.key } })).status
    expect([await send(writer), await send(reader)]).toEqual([200, 403])
    await hub.ask('DELETE', `/api/keys/${writer.key_id}`)
    expect(await send(writer)).toBe(401)
  })

  it('appears in the metrics', async () => {
    const hub = await openListeningHub()
    await overSocket(hub.port, { url: heartbeat, headers: key })
    const metrics = (await hub.ask('GET', '/metrics')).payload
    expect(metrics).toContain(
      'signalbox_http_request_duration_seconds_count{method="POST",route="/sessions/:session_id/heartbeat",status="200"} 1',
    )
  })

  it('finishes a running request when the hub stops, and closes its connection', async () => {
    const hub = await openListeningHub()
    const connected = once(hub.app.server, 'connection') as Promise<[net.Socket]>
    const agent = new http.Agent({ keepAlive: true })
    const send = async () => (await overSocket(hub.port, { url: heartbeat, headers: key }, agent)).status
    expect(await send()).toBe(200)
    const [socket] = await connected
    const before = socket.bytesRead
    const last = send()
    // Received, and not answered: the writer defers heartbeats for a few milliseconds.
    while (socket.bytesRead === before) await new Promise((resolve) => setImmediate(resolve))
    const closed = hub.app.close()
    expect(await last).toBe(200)
    await closed
    agent.destroy()
  })

  describe('on one connection', () => {
    const head = (more = '') => `POST ${heartbeat} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${masterKey}\r\n${more}`
    const whole = `${head()}\r\n`
    const last = `GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`
    const port = () => hubs[1]!.port
    const refused = whole.replace(session, 'unknown')

    /** @returns the status of each answer on a connection, until the hub ends it */
    async function talk(write: (socket: net.Socket, received: () => string) => Promise<void>): Promise<string[]> {
      const socket = net.connect({ port: port(), host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes.toString()
      })
      const closed = once(socket, 'end')
      await write(socket, () => text)
      await closed
      socket.destroy()
      return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!)
    }

    it('answers pipelined requests, and those that come before the answer, in their order', async () => {
      expect(await talk(async (socket) => void socket.write(whole + whole + last))).toEqual(['200', '200', '200'])
      const early = await talk(async (socket) => {
        for (const part of [whole, whole, whole, last]) {
          socket.write(part)
          await sleep(1)
        }
      })
      expect(early).toEqual(['200', '200', '200', '200'])
    })

    it('answers heartbeats and other requests in turn', async () => {
      const statuses = await talk(async (socket, received) => {
        const parts = [whole, whole, `GET /health HTTP/1.1\r\nhost: a\r\n\r\n`, whole, `${head()}idempotency-key: 1\r\n\r\n`]
        for (const [index, text] of parts.entries()) {
          socket.write(text)
          await vi.waitFor(() => expect(received().split('HTTP/1.1 200')).toHaveLength(index + 2), { timeout: 45_000, interval: 2 })
        }
        socket.write(last)
      })
      expect(statuses).toEqual(['200', '200', '200', '200', '200', '200'])
    })

    it('answers a request that arrives byte by byte', async () => {
      const statuses = await talk(async (socket) => {
        for (const byte of `${head('content-type: application/json\r\ncontent-length: 2\r\n')}\r\n{}${last}`) {
          socket.write(byte)
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
      expect(statuses).toEqual(['200', '200'])
    })

    it('treats a client that has closed its sending side as Node does: with a complete request as gone', async () => {
      const incomplete = await talk(async (socket) => void socket.end(whole.slice(0, -4)))
      const complete = await talk(async (socket) => void socket.end(whole))
      const unknown = await talk(async (socket) => void socket.end(refused))
      expect([incomplete, complete, unknown]).toEqual([['400'], [], []])
    })

    it('answers a refused heartbeat and the requests behind it', async () => {
      const statuses = await talk(async (socket) => {
        socket.write(refused)
        await sleep(1)
        socket.write(whole + last)
      })
      expect(statuses).toEqual(['404', '200', '200'])
    })

    it('survives clients that disconnect at any moment, also within a body', async () => {
      const parts = [whole, refused, `${head('content-type: application/json\r\ncontent-length: 20\r\n')}\r\n{"acti`]
      await Promise.all(
        Array.from({ length: 60 }, async (_, n) => {
          const socket = net.connect(port(), '127.0.0.1')
          socket.on('error', () => {})
          await once(socket, 'connect')
          socket.write(parts[n % parts.length]!)
          await sleep(n % 20)
          if (n % 4 === 0) socket.resetAndDestroy()
          else socket.destroy()
        }),
      )
      expect((await overKeptConnection(port(), { url: heartbeat, headers: key })).status).toBe(200)
    })

    it('closes idle connections when the hub stops, and refuses requests that come meanwhile', async () => {
      const hub = await openListeningHub()
      const sockets = Array.from({ length: 20 }, () => net.connect(hub.port, '127.0.0.1'))
      const answers = await Promise.all(
        sockets.map(async (socket) => {
          socket.write(whole)
          return String(await once(socket, 'data'))
        }),
      )
      for (const answer of answers) expect(answer).toContain('Heartbeat recorded')
      const startedAt = performance.now()
      const late = overSocket(hub.port, { url: heartbeat, headers: key }).then(
        ({ status }) => status,
        () => 'refused',
      )
      await hub.app.close()
      expect([200, 503, 'refused']).toContain(await late)
      for (const socket of sockets) await vi.waitFor(() => expect(socket.destroyed).toBe(true), { timeout: 20_000 })
      expect(performance.now() - startedAt).toBeLessThan(await stretchForLoad(2000))
    })
  })
})
