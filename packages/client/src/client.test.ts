import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Call } from '@signalbox/contract/call'
import { afterEach, describe, expect, test } from 'vitest'
import { stretchForLoad } from '../../../test/support/machine-load.ts'
import type { ClientOptions } from './client.ts'
import { type Clock, systemClock } from './clock.ts'
import {
  ConnectionError,
  ForbiddenError,
  HubFailedError,
  PayloadTooLargeError,
  RateLimitError,
  TimeoutError,
  UnauthorizedError,
  UnavailableError,
  UnreadableResponseError,
  ValidationError,
} from './error.ts'
import type { LiveEvent, LiveState } from './live.ts'
import { StateTrackingApiClient } from './state-tracking-client.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server that responds to each request with the next of `answers`, and repeats the last one; it records the requests. */
async function respondWith(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const requests: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[] = []
  const baseUrl = await serve(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) })
    const answer = answers[Math.min(requests.length, answers.length) - 1]
    answer?.(request, response)
  })
  return { baseUrl, requests }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** A clock whose waits end at once and are recorded. */
function instantClock(): Clock & { waits: number[] } {
  const waits: number[] = []
  return {
    waits,
    now: () => Date.parse('2026-11-01T00:00:00Z'),
    random: () => 0.5,
    wait: async (milliseconds, signal) => {
      signal?.throwIfAborted()
      waits.push(milliseconds)
    },
  }
}

function client(baseUrl: string, options: Partial<ClientOptions> = {}) {
  return new StateTrackingApiClient({ baseUrl, apiKey: 'sb_test', clock: instantClock(), ...options })
}

const call: Call = {
  key: 'msg_1:req_1',
  at: '2026-11-01T10:00:00.000Z',
  model: 'claude-opus-5-5',
  is_sidechain: false,
  input: 1,
  output: 2,
  write_5m: 3,
  write_1h: 4,
  read: 5,
}
const ingested = { success: true, accepted: 1, improved: 0, duplicates: 0, timestamp: '2026-11-01T10:00:00.000Z' }

describe('a request', () => {
  test('has the key, an id, and the query without absent fields', async () => {
    const { baseUrl, requests } = await respondWith(json(200, { rows: [] }))
    await client(`${baseUrl}/`).getUsage({ group: 'day', timezone: 'Europe/Berlin', project: '/home/a b' })
    expect(requests[0]).toMatchObject({ method: 'GET', url: '/api/usage?group=day&timezone=Europe%2FBerlin&project=%2Fhome%2Fa+b' })
    expect(requests[0]?.headers.authorization).toBe('Bearer sb_test')
    expect(requests[0]?.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
  })

  test('with few calls is sent as it is, with many calls compressed', async () => {
    const { baseUrl, requests } = await respondWith(json(200, ingested))
    const many = Array.from({ length: 100 }, (_, index) => ({ ...call, key: `msg_${index}:` }))
    await client(baseUrl).ingestCalls('laptop', [call])
    await client(baseUrl).ingestCalls('laptop', many)
    expect(requests[0]?.headers['content-encoding']).toBeUndefined()
    expect(JSON.parse(String(requests[0]?.body))).toEqual({ machine_id: 'laptop', calls: [call] })
    expect(requests[1]?.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(String(gunzipSync(requests[1]!.body)))).toEqual({ machine_id: 'laptop', calls: many })
  })

  test('to a hub that is not ready is a result, not an error', async () => {
    const { baseUrl, requests } = await respondWith(json(503, { status: 'not_ready' }))
    expect(await client(baseUrl).checkReady()).toEqual({ status: 'not_ready' })
    expect(requests).toHaveLength(1)
  })

  test('may have a response without a body', async () => {
    const { baseUrl, requests } = await respondWith((_, response) => response.writeHead(204).end())
    await client(baseUrl).revokeKey('a/b')
    expect(requests[0]).toMatchObject({ method: 'DELETE', url: '/api/keys/a%2Fb' })
  })
})

describe('the key', () => {
  const redirect = (_: IncomingMessage, response: ServerResponse) => void response.writeHead(302, { location: '/elsewhere' }).end()

  test('is sent in the header that is set', async () => {
    const { baseUrl, requests } = await respondWith(json(200, { rows: [] }))
    await client(baseUrl, { keyHeader: 'x-api-key' }).getUsage()
    expect(requests[0]?.headers['x-api-key']).toBe('sb_test')
    expect(requests[0]?.headers.authorization).toBeUndefined()
  })

  test('is not sent on by a redirect: a POST does not follow it, nor does a GET with X-API-Key', async () => {
    const { baseUrl, requests } = await respondWith(redirect)
    const error = await client(baseUrl)
      .ingestCalls('laptop', [call])
      .catch((problem) => problem)
    expect(error).toBeInstanceOf(UnreadableResponseError)
    expect(error).toMatchObject({ status: 302, message: `${baseUrl} redirects to another address.`, retryable: false })
    await expect(client(baseUrl, { keyHeader: 'x-api-key' }).getUsage()).rejects.toBeInstanceOf(UnreadableResponseError)
    expect(requests.map(({ url }) => url)).toEqual(['/api/usage/calls', '/api/usage'])
  })

  test('follows a redirect of a GET in the Authorization header, which fetch drops for another server', async () => {
    const { baseUrl, requests } = await respondWith(redirect, json(200, { rows: [] }))
    expect(await client(baseUrl).getUsage()).toEqual({ rows: [] })
    expect(requests.map(({ url }) => url)).toEqual(['/api/usage', '/elsewhere'])
  })
})

test('the routes of plan limits may have another path', async () => {
  const { baseUrl, requests } = await respondWith(json(200, {}))
  const limits = client(baseUrl, { limitsPath: '/my/limits' })
  await limits.createLimitSnapshot({ lastUpdated: '2026-11-01T10:00:00.000Z', idempotencyKey: 'k' })
  await limits.createLimitSnapshot({ lastUpdated: '2026-11-01T10:00:00.000Z' })
  await limits.waitForLimitWork({ machine_id: 'm', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 0 })
  expect(requests.map(({ url }) => url)).toEqual(['/my/limits', '/my/limits', '/my/limits/collector'])
  // A key in the body makes one in the header unnecessary.
  expect(requests.map(({ headers }) => 'idempotency-key' in headers)).toEqual([false, true, false])
})

describe('an error', () => {
  const apiError = (status: number, errorCode: string) =>
    json(status, {
      success: false,
      errorCode,
      message: 'it was rejected',
      suggestion: 'do this',
      details: { field: 'calls' },
      requestId: 'r-1',
      timestamp: '',
    })

  test.each([
    [400, 'VALIDATION_OUT_OF_RANGE', ValidationError, 'validation_error'],
    [401, 'AUTH_INVALID', UnauthorizedError, 'unauthorized'],
    [403, 'AUTH_FORBIDDEN', ForbiddenError, 'forbidden'],
    [413, 'PAYLOAD_TOO_LARGE', PayloadTooLargeError, 'payload_too_large'],
    [500, 'STORAGE_WRITE_FAILED', HubFailedError, 'database_error'],
    [500, 'INTERNAL_ERROR', HubFailedError, 'internal_error'],
  ] as const)('%i %s has its own class and all fields, and is not retried', async (status, errorCode, type, code) => {
    const { baseUrl, requests } = await respondWith(apiError(status, errorCode))
    const error = await client(baseUrl)
      .ingestCalls('laptop', [call])
      .catch((problem) => problem)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({
      code,
      status,
      apiCode: errorCode,
      requestId: 'r-1',
      message: 'it was rejected',
      suggestion: 'do this',
      details: { field: 'calls' },
      retryable: false,
    })
    expect(requests).toHaveLength(1)
  })

  test('of a state route is read in its own format', async () => {
    const { baseUrl } = await respondWith(
      json(409, { statusCode: 409, error: 'conflict', message: 'no', request_id: 'r-2', timestamp: '', path: '/' }),
    )
    await expect(client(baseUrl).listEvents()).rejects.toMatchObject({ code: 'conflict', requestId: 'r-2', message: 'no' })
  })

  test('is raised for a success that is not JSON', async () => {
    const { baseUrl, requests } = await respondWith((_, response) => response.end('<html>Welcome to the hotel</html>'))
    await expect(client(baseUrl).getUsage()).rejects.toBeInstanceOf(UnreadableResponseError)
    expect(requests).toHaveLength(1)
  })

  test('is raised for a response that breaks off', async () => {
    const { baseUrl } = await respondWith((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"rows":')
      setImmediate(() => response.destroy())
    })
    await expect(client(baseUrl, { retry: false }).getUsage()).rejects.toBeInstanceOf(ConnectionError)
  })

  test('has the reason why there is no connection', async () => {
    const baseUrl = await serve(() => {})
    for (const close of closing.splice(0)) close()
    const error = await client(baseUrl, { retry: false })
      .checkHealth()
      .catch((problem) => problem)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.status).toBeUndefined()
  })

  test('is raised when the response takes too long, headers or body', async () => {
    const { baseUrl } = await respondWith(
      () => {},
      (_, response) => response.writeHead(200).write('{'),
    )
    const limited = client(baseUrl, { timeout: 50, retry: false })
    await expect(limited.getUsage()).rejects.toBeInstanceOf(TimeoutError)
    await expect(limited.getUsage()).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('50 ms') })
  })

  test('never contains the key', async () => {
    const baseUrl = await serve(() => {})
    for (const close of closing.splice(0)) close()
    const error = await client(baseUrl, { retry: false, apiKey: 'sb_very_secret' })
      .checkHealth()
      .catch((problem) => problem)
    expect(JSON.stringify({ ...error, text: String(error), cause: String(error.cause) })).not.toContain('sb_very_secret')
  })
})

describe('a retry', () => {
  test('comes after one, two and four seconds, and then no more', async () => {
    const { baseUrl, requests } = await respondWith(json(503, {}))
    const clock = instantClock()
    await expect(client(baseUrl, { clock }).getUsage()).rejects.toBeInstanceOf(UnavailableError)
    expect(clock.waits).toEqual([1000, 2000, 4000])
    expect(requests).toHaveLength(4)
  })

  test('may be repeated without limit, with delays that stop growing', async () => {
    const { baseUrl, requests } = await respondWith(...Array.from({ length: 9 }, () => json(502, {})), json(200, { rows: [] }))
    const clock = instantClock()
    const retry = { attempts: Number.POSITIVE_INFINITY, baseDelay: 500, maxDelay: 3000 }
    await client(baseUrl, { clock, retry }).getUsage()
    expect(clock.waits).toEqual([500, 1000, 2000, 3000, 3000, 3000, 3000, 3000, 3000])
    expect(requests).toHaveLength(10)
  })

  test.each([400, 401, 403, 404, 409, 412, 413, 422, 500])('never follows %i', async (status) => {
    const { baseUrl, requests } = await respondWith(json(status, {}))
    await expect(client(baseUrl).createMachine({ machine_id: 'm', hostname: 'm' })).rejects.toMatchObject({ status })
    expect(requests).toHaveLength(1)
  })

  test('of any POST has the same body and idempotency key', async () => {
    const { baseUrl, requests } = await respondWith(json(503, {}), json(201, {}))
    await client(baseUrl).createSession({ project_id: 'p', machine_id: 'm' })
    const [first, second] = requests
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    expect([second?.headers['idempotency-key'], String(second?.body)]).toEqual([first?.headers['idempotency-key'], String(first?.body)])
  })

  test.each([429, 502, 503, 504])('follows %i and succeeds under the same request id', async (status) => {
    const { baseUrl, requests } = await respondWith(json(status, {}), json(200, ingested))
    expect(await client(baseUrl).ingestCalls('laptop', [call])).toEqual(ingested)
    expect(requests.map(({ headers }) => headers['x-request-id'])).toEqual([
      requests[0]?.headers['x-request-id'],
      requests[0]?.headers['x-request-id'],
    ])
  })

  test('follows a connection that was cut', async () => {
    const { baseUrl, requests } = await respondWith((request) => request.socket.destroy(), json(200, ingested))
    expect(await client(baseUrl).ingestCalls('laptop', [call])).toEqual(ingested)
    expect(requests).toHaveLength(2)
  })

  test('waits for Retry-After, in seconds or as a date', async () => {
    const { baseUrl } = await respondWith(
      json(429, {}, { 'retry-after': '7' }),
      json(503, {}, { 'retry-after': 'Sun, 01 Nov 2026 00:00:20 GMT' }),
      json(200, ingested),
    )
    const clock = instantClock()
    await client(baseUrl, { clock }).ingestCalls('laptop', [call])
    expect(clock.waits).toEqual([7000, 20_000])
  })

  test('is left to the caller when Retry-After is longer than the limit', async () => {
    const { baseUrl, requests } = await respondWith(json(429, {}, { 'retry-after': '3600' }))
    const error = await client(baseUrl)
      .getUsage()
      .catch((problem) => problem)
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error.retryAfter).toBe(3_600_000)
    expect(requests).toHaveLength(1)
  })

  test('of the creation of a key has the same idempotency key, so that only one is created', async () => {
    const { baseUrl, requests } = await respondWith(json(503, {}), json(201, { key_id: 'k_1' }), json(201, { key_id: 'k_2' }))
    const keys = client(baseUrl)
    await keys.createKey({ name: 'box', scopes: ['ingest'] })
    await keys.createKey({ name: 'box', scopes: ['ingest'] })
    const [first, second, third] = requests.map(({ headers }) => headers['idempotency-key'])
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  test('ends at once when the signal is aborted, also during a delay', async () => {
    const stopping = new AbortController()
    const { baseUrl, requests } = await respondWith((request) => {
      request.socket.destroy()
      setImmediate(() => stopping.abort(new Error('enough')))
    })
    const started = Date.now()
    await expect(client(baseUrl, { clock: systemClock }).getUsage({}, { signal: stopping.signal })).rejects.toThrow('enough')
    expect(Date.now() - started).toBeLessThan(await stretchForLoad(700))
    expect(requests).toHaveLength(1)
  })
})

describe('the live stream', () => {
  const event = (id: number) => `id: ${id}\nevent: usage.updated\ndata: {"machine_id":"laptop","accepted":${id}}\n\n`

  /** Reads `count` events, and leaves the loop. */
  async function take(stream: AsyncGenerator<LiveEvent>, count: number): Promise<LiveEvent[]> {
    const events: LiveEvent[] = []
    for await (const one of stream) {
      events.push(one)
      if (events.length === count) break
    }
    return events
  }

  test('resumes after a lost connection where it stopped', async () => {
    const { baseUrl, requests } = await respondWith(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`: hello\n\n${event(1)}${event(2)}id: 3\ndata: {"half`)
        setTimeout(() => response.destroy(), 20)
      },
      json(503, {}),
      (_, response) => void response.writeHead(200).write(event(3)),
    )
    const states: LiveState['state'][] = []
    const clock = instantClock()
    const stream = client(baseUrl, { clock }).events({
      after: 0,
      types: ['usage.updated', 'monitor.paused'],
      onConnection: ({ state }) => states.push(state),
    })
    const events = await take(stream, 3)
    expect(events.map(({ id, event, data }) => [id, event, data.accepted])).toEqual([
      [1, 'usage.updated', 1],
      [2, 'usage.updated', 2],
      [3, 'usage.updated', 3],
    ])
    expect(requests.map(({ url }) => url)).toEqual([
      '/events?types=usage.updated%2Cmonitor.paused&after=0',
      '/events?types=usage.updated%2Cmonitor.paused&after=2',
      '/events?types=usage.updated%2Cmonitor.paused&after=2',
    ])
    expect(states).toEqual(['open', 'lost', 'lost', 'open'])
    expect(clock.waits).toEqual([1000, 2000])
  })

  test('takes the end of a turn for no loss, and goes on after the time that the hub names', async () => {
    const turn =
      (...events: string[]) =>
      (_: IncomingMessage, response: ServerResponse) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`retry: 250\n\nid: 0\n: connected\n\n${events.join('')}`)
    const { baseUrl, requests } = await respondWith(turn(event(1)), turn(), turn(event(2)), json(503, {}), turn(event(3)))
    const states: LiveState['state'][] = []
    const clock = instantClock()
    const onConnection = ({ state }: LiveState) => void states.push(state)
    expect(await take(client(baseUrl, { clock }).events({ onConnection }), 3)).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }])
    expect(requests).toHaveLength(5)
    expect(states).toEqual(['open', 'lost', 'open'])
    expect(clock.waits).toEqual([250, 250, 250, 1000])
  })

  test('resumes from the start id of the hub when it is lost before the first event', async () => {
    const { baseUrl, requests } = await respondWith(
      (_, response) => {
        response.writeHead(200).write('retry: 2000\nid: 41\n: connected\n\n')
        setTimeout(() => response.destroy(), 20)
      },
      (_, response) => void response.writeHead(200).write(event(42)),
    )
    expect(await take(client(baseUrl).events(), 1)).toMatchObject([{ id: 42 }])
    expect(requests.map(({ url }) => url)).toEqual(['/events', '/events?after=41'])
  })

  test('ends without an error when the signal is aborted', async () => {
    const stopping = new AbortController()
    const { baseUrl } = await respondWith((_, response) => void response.writeHead(200).write(event(1)))
    const events: unknown[] = []
    for await (const one of client(baseUrl).events({ signal: stopping.signal })) {
      events.push(one)
      stopping.abort()
    }
    expect(events).toHaveLength(1)
  })

  test('closes its connection when the caller leaves the loop', async () => {
    const closed = Promise.withResolvers<void>()
    const { baseUrl } = await respondWith((request, response) => {
      request.socket.once('close', () => closed.resolve())
      response.writeHead(200).write(event(1))
    })
    await take(client(baseUrl).events(), 1)
    await closed.promise
  })

  test('retries error responses that are from a proxy and not from the hub', async () => {
    const page = (status: number) => (_: IncomingMessage, response: ServerResponse) => void response.writeHead(status).end('<html>')
    const { baseUrl, requests } = await respondWith(
      page(404),
      page(403),
      page(401),
      (_, response) => void response.writeHead(200).write(event(7)),
    )
    const lost: unknown[] = []
    const onConnection = (state: LiveState) => {
      if (state.state === 'lost') lost.push([state.error?.status, state.error?.byHub])
    }
    expect(await take(client(baseUrl).events({ onConnection }), 1)).toMatchObject([{ id: 7 }])
    expect(lost).toEqual([
      [404, false],
      [403, false],
      [401, false],
    ])
    expect(requests).toHaveLength(4)
  })

  test('throws an error that a retry cannot fix', async () => {
    const { baseUrl, requests } = await respondWith(json(401, { error: 'unauthorized', message: 'Invalid API key' }))
    await expect(take(client(baseUrl).events(), 1)).rejects.toBeInstanceOf(UnauthorizedError)
    expect(requests).toHaveLength(1)
  })

  test('skips messages that are not events of the hub', async () => {
    const { baseUrl } = await respondWith(
      (_, response) => void response.writeHead(200).write(`data: hello\n\ndata: 7\n\nevent: x\n\n${event(9)}`),
    )
    expect(await take(client(baseUrl).events(), 1)).toMatchObject([{ id: 9 }])
  })
})
