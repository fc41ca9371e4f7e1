import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
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

/** With a connection of its own for each request, which the server of Node has from its first byte on. */
function bySocket(port: number, asked: Asked): Promise<Answer> {
  return by(false, port, asked)
}

/** With one that stays open, of which the server of Node hears only when it has to. */
async function directly(port: number, asked: Asked): Promise<Answer> {
  const agent = new http.Agent({ keepAlive: true })
  try {
    return await by(agent, port, asked)
  } finally {
    agent.destroy()
  }
}

function by(agent: http.Agent | false, port: number, { method = 'POST', url, headers = {}, payload }: Asked): Promise<Answer> {
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
    const [hub, direct, other] = [await listening(), await listening(), await listening()]
    for (const one of [hub, direct, other]) {
      const payload = { session_id: over, project_id: 'p', machine_id: 'm' }
      await one.ask('POST', '/sessions', { payload })
      await one.ask('DELETE', `/sessions/${over}`)
    }
    const usual = await byFramework(other, asked)
    expect(usual.status).toBe(status)
    const expected = (await other.ask('GET', `/sessions/${session}`)).json()
    for (const [one, fast] of [[hub, await bySocket(hub.port, asked)] as const, [direct, await directly(direct.port, asked)] as const]) {
      expect(fast.status).toBe(status)
      expect(plain(fast.body)).toEqual(plain(usual.body))
      expect(lasting(fast.headers)).toEqual(lasting(usual.headers))
      // Asked several times in the end or not: it counts once.
      expect(fast.headers['ratelimit-remaining']).toBe(usual.headers['ratelimit-remaining'] && String(usual.headers['ratelimit-remaining']))
      expect((await one.ask('GET', `/sessions/${session}`)).json()).toEqual(expected)
    }
  })

  it('is taken by those that are plain, and by no others', async () => {
    const hub = await listening()
    const passed = { server: 0, framework: 0 }
    const channels = { server: 'http.server.request.start', framework: 'tracing:fastify.request.handler:start' } as const
    for (const name of ['server', 'framework'] as const) {
      const count = () => passed[name]++
      diagnostics.subscribe(channels[name], count)
      onTestFinished(() => void diagnostics.unsubscribe(channels[name], count))
    }
    const ways = async (knock: typeof bySocket) => {
      const ways: string[] = []
      for (const asked of [
        { url: beat, headers: key },
        { url: beat, headers: sized(json, '{"activity":"working"}'), payload: '{"activity":"working"}' },
        { url: beat, headers: { ...key, 'idempotency-key': 'once' } },
        { url: `/sessions/${session.replace('-', '%2D')}/heartbeat`, headers: key },
      ]) {
        Object.assign(passed, { server: 0, framework: 0 })
        expect((await knock(hub.port, asked)).status).toBe(200)
        ways.push(passed.framework > 0 ? 'framework' : passed.server > 0 ? 'server' : 'socket')
      }
      return ways
    }
    expect(await ways(bySocket)).toEqual(['server', 'server', 'framework', 'framework'])
    expect(await ways(directly)).toEqual(['socket', 'socket', 'framework', 'framework'])
  })

  it('keeps the id of the request, and gives one to a request without', async () => {
    const { port } = await listening()
    for (const knock of [bySocket, directly]) {
      const named = await knock(port, { url: beat, headers: { ...key, 'x-request-id': 'mine' } })
      expect(named.headers['x-request-id']).toBe('mine')
      const unnamed = await knock(port, { url: beat, headers: key })
      expect(unnamed.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
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
    const met = once(hub.app.server, 'connection') as Promise<[net.Socket]>
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
    const [socket] = await met
    const before = socket.bytesRead
    const last = knock()
    // Taken, and not answered: the writer has more patience.
    while (socket.bytesRead === before) await new Promise((resolve) => setImmediate(resolve))
    const closed = hub.app.close()
    expect(await last).toBe(200)
    await closed
    agent.destroy()
  })

  describe('with a connection of its own', () => {
    const head = (more = '') => `POST ${beat} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${masterKey}\r\n${more}`
    const whole = `${head()}\r\n`

    /** What comes back on one connection until the other side ends it. */
    async function talk(port: number, say: (socket: net.Socket, heard: () => string) => Promise<void>): Promise<string[]> {
      const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes.toString()
      })
      const closed = once(socket, 'end')
      await say(socket, () => text)
      await closed
      socket.destroy()
      return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!)
    }
    const last = `GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`
    const until = (sure: () => boolean) => vi.waitFor(() => expect(sure()).toBe(true), { timeout: 5000, interval: 2 })
    const answers = (text: string) => text.split('Heartbeat recorded').length - 1

    it('answers what comes at once, and what comes before the answer, one after the other', async () => {
      const { port } = await listening()
      expect(await talk(port, async (socket) => void socket.write(whole + whole + last))).toEqual(['200', '200', '200'])
      const early = await talk(port, async (socket) => {
        socket.setNoDelay(true)
        for (const part of [whole, whole, whole, last]) {
          socket.write(part)
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
      })
      expect(early).toEqual(['200', '200', '200', '200'])
    })

    it('takes a beat after a beat, and passes on what is something else, and what comes after it', async () => {
      const { port } = await listening()
      const asked = [whole, `GET /health HTTP/1.1\r\nhost: a\r\n\r\n`, whole, `${head()}idempotency-key: 1\r\n\r\n`]
      const statuses = await talk(port, async (socket, heard) => {
        for (const [nth, text] of [whole, ...asked].entries()) {
          socket.write(text)
          await until(() => heard().split('HTTP/1.1 200').length - 1 === nth + 1)
        }
        socket.write(last)
      })
      expect(statuses).toEqual(['200', '200', '200', '200', '200', '200'])
    })

    it('waits for a request that comes byte by byte', async () => {
      const { port } = await listening()
      const statuses = await talk(port, async (socket) => {
        socket.setNoDelay(true)
        for (const byte of `${head('content-type: application/json\r\ncontent-length: 2\r\n')}\r\n{}${last}`) {
          socket.write(byte)
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
      expect(statuses).toEqual(['200', '200'])
    })

    it('answers who has said everything and ends their side; the server of Node takes that for the end of both', async () => {
      const { port } = await listening()
      const heard = await talk(port, async (socket) => void socket.end(whole))
      const half = await talk(port, async (socket) => void socket.end(whole.slice(0, -4)))
      const refused = await talk(port, async (socket) => void socket.end(whole.replace(session, 'nobody')))
      expect([heard, half, refused]).toEqual([['200'], ['400'], []])
    })

    it('passes a refused beat on with what came behind it', async () => {
      const { port } = await listening()
      const statuses = await talk(port, async (socket) => {
        socket.setNoDelay(true)
        socket.write(whole.replace(session, 'nobody'))
        await new Promise((resolve) => setTimeout(resolve, 1))
        socket.write(whole + last)
      })
      expect(statuses).toEqual(['404', '200', '200'])
    })

    it('is not hurt by those that go away at any moment', async () => {
      const { port } = await listening()
      for (let n = 0; n < 40; n++) {
        const socket = net.connect(port, '127.0.0.1')
        socket.on('error', () => {})
        await once(socket, 'connect')
        socket.write(n % 2 === 0 ? whole : whole.replace(session, 'nobody'))
        await new Promise((resolve) => setTimeout(resolve, n % 20))
        if (n % 3 === 0) socket.resetAndDestroy()
        else socket.destroy()
      }
      expect((await directly(port, { url: beat, headers: key })).status).toBe(200)
    })

    it('is closed when nothing has been said for long', async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'performance'] })
      onTestFinished(() => void vi.useRealTimers())
      const { port } = await listening()
      const ended: string[] = []
      const [silent, beating] = ['silent', 'beating'].map((name) => {
        const socket = net.connect(port, '127.0.0.1')
        return socket.resume().on('close', () => ended.push(name))
      }) as [net.Socket, net.Socket]
      const knock = async () => {
        beating.write(whole)
        await once(beating, 'data')
      }
      await knock()
      vi.advanceTimersByTime(60_000)
      await knock()
      vi.advanceTimersByTime(20_000)
      await until(() => ended.length > 0)
      expect(ended).toEqual(['silent'])
      await knock()
      silent.destroy()
      beating.destroy()
    })

    it('lets the hub end at once, and whoever asks meanwhile is told that it ends', async () => {
      const hub = await listening()
      const sockets = Array.from({ length: 20 }, () => net.connect(hub.port, '127.0.0.1'))
      const heard = await Promise.all(
        sockets.map(async (socket) => {
          socket.write(whole)
          return answers(String(await once(socket, 'data')))
        }),
      )
      expect(heard).toEqual(sockets.map(() => 1))
      const began = performance.now()
      const closed = hub.app.close()
      sockets[0]!.write(whole)
      expect(String(await once(sockets[0]!, 'data'))).toMatch(/^HTTP\/1\.1 503/)
      await closed
      expect(performance.now() - began).toBeLessThan(2000)
    })
  })
})
