import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Call } from '@signalbox/contract/call'
import { afterEach, describe, expect, test } from 'vitest'
import { type ClientOptions, StateTrackingApiClient } from './client.ts'
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

/** Answers each request with the next of `answers`, the last one for ever; remembers what was asked. */
async function script(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const asked: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[] = []
  const baseUrl = await serve(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) })
    const answer = answers[Math.min(asked.length, answers.length) - 1]
    answer?.(request, response)
  })
  return { baseUrl, asked }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** A clock whose waits are over at once, and are written down. */
function impatient(): Clock & { waits: number[] } {
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
  return new StateTrackingApiClient({ baseUrl, apiKey: 'sb_test', clock: impatient(), ...options })
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
const fine = { success: true, accepted: 1, improved: 0, duplicates: 0, timestamp: '2026-11-01T10:00:00.000Z' }

describe('a request', () => {
  test('carries the key, an id, and the query without what was not asked', async () => {
    const { baseUrl, asked } = await script(json(200, { rows: [] }))
    await client(`${baseUrl}/`).getUsage({ group: 'day', timezone: 'Europe/Berlin', project: '/home/a b' })
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/api/usage?group=day&timezone=Europe%2FBerlin&project=%2Fhome%2Fa+b' })
    expect(asked[0]?.headers.authorization).toBe('Bearer sb_test')
    expect(asked[0]?.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
  })

  test('sends a few calls as they are and many calls compressed', async () => {
    const { baseUrl, asked } = await script(json(200, fine))
    const many = Array.from({ length: 100 }, (_, index) => ({ ...call, key: `msg_${index}:` }))
    await client(baseUrl).ingestCalls('laptop', [call])
    await client(baseUrl).ingestCalls('laptop', many)
    expect(asked[0]?.headers['content-encoding']).toBeUndefined()
    expect(JSON.parse(String(asked[0]?.body))).toEqual({ machine_id: 'laptop', calls: [call] })
    expect(asked[1]?.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(String(gunzipSync(asked[1]!.body)))).toEqual({ machine_id: 'laptop', calls: many })
  })

  test('takes a hub that is not ready as an answer', async () => {
    const { baseUrl, asked } = await script(json(503, { status: 'not_ready' }))
    expect(await client(baseUrl).checkReady()).toEqual({ status: 'not_ready' })
    expect(asked).toHaveLength(1)
  })

  test('is content with an answer that has no body', async () => {
    const { baseUrl, asked } = await script((_, response) => response.writeHead(204).end())
    await client(baseUrl).revokeKey('a/b')
    expect(asked[0]).toMatchObject({ method: 'DELETE', url: '/api/keys/a%2Fb' })
  })
})

describe('an error', () => {
  const apiError = (status: number, errorCode: string) =>
    json(status, {
      success: false,
      errorCode,
      message: 'it was refused',
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
  ] as const)('%i %s has its own class, is complete and is not tried again', async (status, errorCode, type, code) => {
    const { baseUrl, asked } = await script(apiError(status, errorCode))
    const error = await client(baseUrl)
      .ingestCalls('laptop', [call])
      .catch((problem) => problem)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({
      code,
      status,
      apiCode: errorCode,
      requestId: 'r-1',
      message: 'it was refused',
      suggestion: 'do this',
      details: { field: 'calls' },
      retryable: false,
    })
    expect(asked).toHaveLength(1)
  })

  test('of a state route is read in its own spelling', async () => {
    const { baseUrl } = await script(
      json(409, { statusCode: 409, error: 'conflict', message: 'no', request_id: 'r-2', timestamp: '', path: '/' }),
    )
    await expect(client(baseUrl).listEvents()).rejects.toMatchObject({ code: 'conflict', requestId: 'r-2', message: 'no' })
  })

  test('is raised for a success that is not JSON', async () => {
    const { baseUrl, asked } = await script((_, response) => response.end('<html>Welcome to the hotel</html>'))
    await expect(client(baseUrl).getUsage()).rejects.toBeInstanceOf(UnreadableResponseError)
    expect(asked).toHaveLength(1)
  })

  test('is raised for an answer that breaks off in the middle', async () => {
    const { baseUrl } = await script((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"rows":')
      setImmediate(() => response.destroy())
    })
    await expect(client(baseUrl, { retry: false }).getUsage()).rejects.toBeInstanceOf(ConnectionError)
  })

  test('names the reason why there is no connection', async () => {
    const baseUrl = await serve(() => {})
    for (const close of closing.splice(0)) close()
    const error = await client(baseUrl, { retry: false })
      .checkHealth()
      .catch((problem) => problem)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.status).toBeUndefined()
  })

  test('is raised when the answer takes too long, headers or body', async () => {
    const { baseUrl } = await script(
      () => {},
      (_, response) => response.writeHead(200).write('{'),
    )
    const patient = client(baseUrl, { timeout: 50, retry: false })
    await expect(patient.getUsage()).rejects.toBeInstanceOf(TimeoutError)
    await expect(patient.getUsage()).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('50 ms') })
  })

  test('never shows the key', async () => {
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
    const { baseUrl, asked } = await script(json(503, {}))
    const clock = impatient()
    await expect(client(baseUrl, { clock }).getUsage()).rejects.toBeInstanceOf(UnavailableError)
    expect(clock.waits).toEqual([1000, 2000, 4000])
    expect(asked).toHaveLength(4)
  })

  test('goes on for ever where it is told to, with delays that stop growing', async () => {
    const { baseUrl, asked } = await script(...Array.from({ length: 9 }, () => json(502, {})), json(200, { rows: [] }))
    const clock = impatient()
    const retry = { attempts: Number.POSITIVE_INFINITY, baseDelay: 500, maxDelay: 3000 }
    await client(baseUrl, { clock, retry }).getUsage()
    expect(clock.waits).toEqual([500, 1000, 2000, 3000, 3000, 3000, 3000, 3000, 3000])
    expect(asked).toHaveLength(10)
  })

  test.each([400, 401, 403, 404, 409, 412, 413, 422, 500])('never follows %i', async (status) => {
    const { baseUrl, asked } = await script(json(status, {}))
    await expect(client(baseUrl).createMachine({ machine_id: 'm', hostname: 'm' })).rejects.toMatchObject({ status })
    expect(asked).toHaveLength(1)
  })

  test('of any POST is the same POST', async () => {
    const { baseUrl, asked } = await script(json(503, {}), json(201, {}))
    await client(baseUrl).createSession({ project_id: 'p', machine_id: 'm' })
    const [first, second] = asked
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    expect([second?.headers['idempotency-key'], String(second?.body)]).toEqual([first?.headers['idempotency-key'], String(first?.body)])
  })

  test.each([429, 502, 503, 504])('follows %i and succeeds under the same request id', async (status) => {
    const { baseUrl, asked } = await script(json(status, {}), json(200, fine))
    expect(await client(baseUrl).ingestCalls('laptop', [call])).toEqual(fine)
    expect(asked.map(({ headers }) => headers['x-request-id'])).toEqual([
      asked[0]?.headers['x-request-id'],
      asked[0]?.headers['x-request-id'],
    ])
  })

  test('follows a connection that was cut', async () => {
    const { baseUrl, asked } = await script((request) => request.socket.destroy(), json(200, fine))
    expect(await client(baseUrl).ingestCalls('laptop', [call])).toEqual(fine)
    expect(asked).toHaveLength(2)
  })

  test('waits as long as the hub asks, in seconds or until a date', async () => {
    const { baseUrl } = await script(
      json(429, {}, { 'retry-after': '7' }),
      json(503, {}, { 'retry-after': 'Sun, 01 Nov 2026 00:00:20 GMT' }),
      json(200, fine),
    )
    const clock = impatient()
    await client(baseUrl, { clock }).ingestCalls('laptop', [call])
    expect(clock.waits).toEqual([7000, 20_000])
  })

  test('is left to the caller when the hub asks for more patience than allowed', async () => {
    const { baseUrl, asked } = await script(json(429, {}, { 'retry-after': '3600' }))
    const error = await client(baseUrl)
      .getUsage()
      .catch((problem) => problem)
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error.retryAfter).toBe(3_600_000)
    expect(asked).toHaveLength(1)
  })

  test('of the making of a key carries the same idempotency key, so that one is made', async () => {
    const { baseUrl, asked } = await script(json(503, {}), json(201, { key_id: 'k_1' }), json(201, { key_id: 'k_2' }))
    const keys = client(baseUrl)
    await keys.createKey({ name: 'box', scopes: ['ingest'] })
    await keys.createKey({ name: 'box', scopes: ['ingest'] })
    const [first, second, third] = asked.map(({ headers }) => headers['idempotency-key'])
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  test('is given up at once when the signal is aborted, in the middle of a wait too', async () => {
    const stopping = new AbortController()
    const { baseUrl, asked } = await script((request) => {
      request.socket.destroy()
      setImmediate(() => stopping.abort(new Error('enough')))
    })
    const started = Date.now()
    await expect(client(baseUrl, { clock: systemClock }).getUsage({}, { signal: stopping.signal })).rejects.toThrow('enough')
    expect(Date.now() - started).toBeLessThan(700)
    expect(asked).toHaveLength(1)
  })
})

describe('the live stream', () => {
  const event = (id: number) => `id: ${id}\nevent: usage.updated\ndata: {"machine_id":"laptop","accepted":${id}}\n\n`

  /** Reads `count` events, then leaves the loop. */
  async function take(stream: AsyncGenerator<LiveEvent>, count: number): Promise<LiveEvent[]> {
    const events: LiveEvent[] = []
    for await (const one of stream) {
      events.push(one)
      if (events.length === count) break
    }
    return events
  }

  test('goes on after a lost connection where it stopped', async () => {
    const { baseUrl, asked } = await script(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`: hello\n\n${event(1)}${event(2)}id: 3\ndata: {"half`)
        setTimeout(() => response.destroy(), 20)
      },
      json(503, {}),
      (_, response) => void response.writeHead(200).write(event(3)),
    )
    const states: LiveState['state'][] = []
    const clock = impatient()
    const stream = client(baseUrl, { clock }).events({
      after: 0,
      types: ['usage.updated', 'alert.opened'],
      onConnection: ({ state }) => states.push(state),
    })
    const events = await take(stream, 3)
    expect(events.map(({ id, event, data }) => [id, event, data.accepted])).toEqual([
      [1, 'usage.updated', 1],
      [2, 'usage.updated', 2],
      [3, 'usage.updated', 3],
    ])
    expect(asked.map(({ url }) => url)).toEqual([
      '/events?types=usage.updated%2Calert.opened&after=0',
      '/events?types=usage.updated%2Calert.opened&after=2',
      '/events?types=usage.updated%2Calert.opened&after=2',
    ])
    expect(states).toEqual(['open', 'lost', 'lost', 'open'])
    expect(clock.waits).toEqual([1000, 2000])
  })

  test('resumes from where the hub said it begins, when it is lost before the first event', async () => {
    const { baseUrl, asked } = await script(
      (_, response) => {
        response.writeHead(200).write('retry: 2000\nid: 41\n: connected\n\n')
        setTimeout(() => response.destroy(), 20)
      },
      (_, response) => void response.writeHead(200).write(event(42)),
    )
    expect(await take(client(baseUrl).events(), 1)).toMatchObject([{ id: 42 }])
    expect(asked.map(({ url }) => url)).toEqual(['/events', '/events?after=41'])
  })

  test('ends quietly when the signal is aborted', async () => {
    const stopping = new AbortController()
    const { baseUrl } = await script((_, response) => void response.writeHead(200).write(event(1)))
    const seen: unknown[] = []
    for await (const one of client(baseUrl).events({ signal: stopping.signal })) {
      seen.push(one)
      stopping.abort()
    }
    expect(seen).toHaveLength(1)
  })

  test('closes its connection when the loop is left', async () => {
    const left = Promise.withResolvers<void>()
    const { baseUrl } = await script((request, response) => {
      request.socket.once('close', () => left.resolve())
      response.writeHead(200).write(event(1))
    })
    await take(client(baseUrl).events(), 1)
    await left.promise
  })

  test('does not take a proxy for the hub: what it says while the hub is away is weather', async () => {
    const page = (status: number) => (_: IncomingMessage, response: ServerResponse) => void response.writeHead(status).end('<html>')
    const { baseUrl, asked } = await script(page(404), page(403), page(401), (_, response) => void response.writeHead(200).write(event(7)))
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
    expect(asked).toHaveLength(4)
  })

  test('gives up where trying again is of no use', async () => {
    const { baseUrl, asked } = await script(json(401, { error: 'unauthorized', message: 'Invalid API key' }))
    await expect(take(client(baseUrl).events(), 1)).rejects.toBeInstanceOf(UnauthorizedError)
    expect(asked).toHaveLength(1)
  })

  test('passes over what is not an event of the hub', async () => {
    const { baseUrl } = await script(
      (_, response) => void response.writeHead(200).write(`data: hello\n\ndata: 7\n\nevent: x\n\n${event(9)}`),
    )
    expect(await take(client(baseUrl).events(), 1)).toMatchObject([{ id: 9 }])
  })
})
