import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { apiErrorSchema, stateErrorSchema } from '@signalbox/contract/error'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { someCall } from '../../test/call.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'
import { HubError } from '../hub-error.ts'

const json = { 'content-type': 'application/json' }
const ingest = (payload: unknown, headers: object = {}) =>
  hub.ask('POST', '/api/usage/calls', {
    payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
    headers: { ...json, ...headers },
  })

// Shared: refused requests change nothing.
let hub: TestHub
beforeAll(async () => {
  hub = await openHub({}, afterAll)
})

describe('every error', () => {
  it('on /api/* has the API body', async () => {
    const answer = await hub.ask('GET', '/api/nothing', { headers: { 'x-request-id': 'mine' } })
    expect(answer.statusCode).toBe(404)
    expect(apiErrorSchema.strict().parse(answer.json())).toEqual({
      success: false,
      errorCode: 'NOT_FOUND',
      message: 'There is nothing at /api/nothing',
      suggestion: 'GET /api/docs shows every route of the hub.',
      requestId: 'mine',
      timestamp: '2026-10-06T09:12:00.000Z',
    })
  })

  it('elsewhere has the state body', async () => {
    const answer = await hub.ask('GET', '/sesions?project=secret', { headers: { 'x-request-id': 'mine' } })
    expect(stateErrorSchema.strict().parse(answer.json())).toEqual({
      statusCode: 404,
      error: 'not_found',
      message: 'There is nothing at /sesions',
      suggestion: 'GET /api/docs shows every route of the hub.',
      request_id: 'mine',
      timestamp: '2026-10-06T09:12:00.000Z',
      path: '/sesions',
    })
  })

  it.each([
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/api/usage/calls', 'POST'],
    ['POST', '/api/keys/k_1', 'GET, DELETE'],
    ['PUT', '/events', 'GET'],
  ])('for %s %s names the allowed methods', async (method, url, allowed) => {
    const answer = await hub.ask(method, url)
    expect(answer.statusCode).toBe(404)
    expect(answer.json().message).toBe(`There is no ${method} ${url}`)
    for (const name of allowed.split(', ')) expect(answer.headers.allow).toContain(name)
  })

  it.each([
    ['{"machine_id":"a","calls":[', /^The body is not JSON/, 'VALIDATION_INVALID_TYPE'],
    ['{"machine_id":"a","calls":[]} secret', /^The body is not JSON, at position \d+/, 'VALIDATION_INVALID_TYPE'],
    ['', /^machine_id is missing/, 'VALIDATION_MISSING_FIELD'],
    ['[]', /^the body: expected object/, 'VALIDATION_INVALID_TYPE'],
    ['null', /^machine_id is missing/, 'VALIDATION_MISSING_FIELD'],
    ['{"__proto__":{"x":1},"machine_id":"a","calls":[]}', /^The body has a key __proto__/, 'VALIDATION_INVALID_TYPE'],
    ['{"machine_id":{"constructor":{"prototype":1}}}', /or a constructor with a prototype$/, 'VALIDATION_INVALID_TYPE'],
    ['{"machine_id":NaN,"calls":[]}', /^The body is not JSON/, 'VALIDATION_INVALID_TYPE'],
    ['{"calls":[]}', /^machine_id is missing/, 'VALIDATION_MISSING_FIELD'],
    ['{"machine_id":"","calls":[]}', /^machine_id: too small/, 'VALIDATION_OUT_OF_RANGE'],
    ['{"machine_id":7,"calls":[]}', /^machine_id: expected string/, 'VALIDATION_INVALID_TYPE'],
    ['{"machine_id":"a","calls":[],"more":1}', /^The property more is unknown/, 'VALIDATION_INVALID_TYPE'],
    ['{"machine_id":"a","calls":{}}', /^calls: expected array/, 'VALIDATION_INVALID_TYPE'],
  ])('of a body %s names the field and the reason', async (body, message, errorCode) => {
    const answer = await ingest(body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({
      success: false,
      errorCode,
      message: expect.stringMatching(message),
      suggestion: expect.stringMatching(/./),
    })
    expect(answer.body).not.toContain('secret')
    expect(JSON.stringify(hub.log)).not.toContain('secret')
  })

  it.each([
    [{ output: '5' }, 'calls[1].output: expected number, received string', 'VALIDATION_INVALID_TYPE'],
    [{ output: 1.5 }, 'calls[1].output: expected int, received number', 'VALIDATION_INVALID_TYPE'],
    [{ output: -1 }, 'calls[1].output: too small: expected number to be >=0', 'VALIDATION_OUT_OF_RANGE'],
    [{ read: 1_000_000_000_000 }, 'calls[1].read: too big: expected number to be <=999999999999', 'VALIDATION_OUT_OF_RANGE'],
    [{ at: '2026-10-06T09:00:00Z' }, 'calls[1].at is not an instant', 'VALIDATION_INVALID_TYPE'],
    [{ at: '2026-02-30T09:00:00.000Z' }, 'calls[1].at is not an instant', 'VALIDATION_INVALID_TYPE'],
    [{ at: '9999-01-01T00:00:00.000Z' }, 'calls[1].at must be in the years 2020 to 2099', 'VALIDATION_INVALID_TYPE'],
    [{ key: undefined }, 'calls[1].key is missing', 'VALIDATION_MISSING_FIELD'],
    [{ content: 'words' }, 'The property calls[1].content is unknown', 'VALIDATION_INVALID_TYPE'],
    [{ model: '' }, 'calls[1].model: too small: expected string to have >=1 characters', 'VALIDATION_OUT_OF_RANGE'],
  ])('of a call with %o names its position', async (change, message, errorCode) => {
    const answer = await ingest({ machine_id: 'a', calls: [someCall(), { ...someCall(), ...change }] })
    expect(answer.json()).toMatchObject({ errorCode, message: expect.stringContaining(message) })
    expect(answer.json().details.field).toBe(`calls[1].${Object.keys(change)[0]}`)
    expect(await hub.store.usage.lastCallAt({})).toBeUndefined()
  })

  it('of many invalid calls names up to a hundred, so that a client can set them aside together', async () => {
    const calls = Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? someCall() : { ...someCall(), output: -n }))
    const { problems } = (await ingest({ machine_id: 'a', calls })).json().details
    expect(problems).toHaveLength(100)
    expect(problems[1]).toEqual({ field: 'calls[3].output', message: 'calls[3].output: too small: expected number to be >=0' })
  })

  it.each([
    ['/api/usage?colour=red', 'The query parameter colour is unknown', 'VALIDATION_INVALID_TYPE'],
    ['/api/whoami?x=1', 'The query parameter x is unknown', 'VALIDATION_INVALID_TYPE'],
    ['/api/usage?group=year', 'group: expected one of', 'VALIDATION_OUT_OF_RANGE'],
    ['/api/usage?group=day&group=week', 'group', 'VALIDATION_OUT_OF_RANGE'],
    ['/api/usage?since=yesterday', 'since is neither a day', 'VALIDATION_INVALID_TYPE'],
    ['/api/usage?since=2026-02-30', 'since: "2026-02-30" is not a time', 'VALIDATION_INVALID_TYPE'],
    ['/api/usage?since=2026-03-02&until=2026-03-01', 'since is not before until', 'VALIDATION_OUT_OF_RANGE'],
    ['/api/usage?timezone=Mars/Olympus', 'timezone is not a time zone', 'VALIDATION_INVALID_TYPE'],
    ['/api/keys?limit=0', 'limit: too small', 'VALIDATION_OUT_OF_RANGE'],
    ['/api/keys?limit=101', 'limit: too big', 'VALIDATION_OUT_OF_RANGE'],
    ['/api/keys?limit=x', 'limit: expected number', 'VALIDATION_INVALID_TYPE'],
    ['/api/keys?offset=-1', 'offset: too small', 'VALIDATION_OUT_OF_RANGE'],
  ])('of %s names the parameter', async (url, message, errorCode) => {
    const answer = await hub.ask('GET', url)
    expect([answer.statusCode, answer.json().errorCode]).toEqual([400, errorCode])
    expect(answer.json().message).toContain(message)
  })

  it('of a state route has the state body for a parameter too', async () => {
    for (const url of ['/events?types=nonsense', '/events?colour=red', '/health?x=1', '/events?format=xml', '/events?after=-1']) {
      const answer = await hub.ask('GET', url)
      expect(stateErrorSchema.parse(answer.json()), url).toMatchObject({
        statusCode: 400,
        error: 'validation_error',
        path: url.split('?')[0],
      })
    }
  })

  it('of a body that is too large or of another type names the reason', async () => {
    const large = await hub.ask('POST', '/api/keys', { payload: JSON.stringify({ name: 'x'.repeat(70_000) }), headers: json })
    expect([large.statusCode, large.json().errorCode, large.json().message]).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
      'The body is larger than 64 KiB',
    ])
    const huge = await ingest(Buffer.alloc(8 * 1024 * 1024 + 1, 32))
    expect([huge.statusCode, huge.json().message]).toEqual([413, 'The body is larger than 8 MiB'])
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const other = await hub.ask('POST', '/api/keys', { payload: 'a=b', headers: { 'content-type': type } })
      expect([other.statusCode, other.json().message]).toEqual([400, `A body of type ${type} is not accepted`])
    }
  })

  it('of a URL that cannot be decoded has a body too', async () => {
    for (const [url, schema] of [
      ['/api/%zz', apiErrorSchema],
      ['/%c0', stateErrorSchema],
    ] as const) {
      const answer = await hub.ask('GET', url)
      expect(answer.statusCode).toBe(400)
      expect(schema.parse(answer.json()).message).toBe('The URL cannot be decoded')
    }
  })

  it('of what is no request, or not a whole one, has a body too; the connection is closed though the client never closes it', async () => {
    const hub = await openHub()
    const { server } = hub.app
    Object.assign(server, { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 })
    await hub.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = server.address() as AddressInfo
    const post = `POST /api/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${masterKey}\r\nContent-Type: application/json\r\n`
    const late = 'The request took too long to arrive'
    const sent = {
      'this is not HTTP\r\n\r\n': 'The request is not HTTP',
      [`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]: 'The headers of the request are too large',
      'GET /he': late,
      'GET / HTTP/1.1\r\nHost: x\r\n': late,
      [`${post}Content-Length: 100\r\n\r\n{"name":`]: late,
      [`${post}Transfer-Encoding: chunked\r\n\r\nno chunk`]: 'The request is not HTTP',
    }
    const answers = await Promise.all(
      Object.keys(sent).map(async (bytes) => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
        onTestFinished(() => void socket.destroy())
        let text = ''
        socket.on('data', (data) => (text += data.toString()))
        socket.write(bytes)
        await once(socket, 'end')
        return text
      }),
    )
    for (const [index, message] of Object.values(sent).entries()) {
      expect(answers[index]).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
      expect(stateErrorSchema.parse(JSON.parse(answers[index]!.split('\r\n\r\n')[1]!)).message).toBe(message)
    }
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0)
  })

  it('of an unavailable store has Retry-After', async () => {
    const hub = await openHub()
    hub.store.usage.state = async () => {
      throw new HubError('unavailable', 'The hub database cannot be reached')
    }
    const answer = await hub.ask('GET', '/api/usage')
    expect([answer.statusCode, answer.json().errorCode, answer.headers['retry-after']]).toEqual([503, 'UNAVAILABLE', '5'])
  })

  it('inside the hub shows its details only in the log', async () => {
    const hub = await openHub()
    // An error that no route expects.
    hub.store.connection.db.exec('DROP TABLE once')
    hub.store.usage.state = async () => {
      throw new TypeError('the secret of the hub is 42')
    }
    const answer = await hub.ask('GET', '/api/usage', { headers: { 'x-request-id': 'mine' } })
    expect([answer.statusCode, answer.json().errorCode]).toEqual([500, 'INTERNAL_ERROR'])
    expect(answer.body).not.toContain('42')
    expect(answer.body).not.toContain('TypeError')
    const line = hub.log.find(({ level }) => level === 'ERROR') as { request_id: string; err: { stack: string } }
    expect(line.request_id).toBe('mine')
    expect(line.err.stack).toContain('the secret of the hub is 42')
    const write = await hub.ask('POST', '/api/usage/calls', {
      payload: { machine_id: 'a', calls: [someCall()] },
      headers: { 'idempotency-key': 'k' },
    })
    expect(write.json()).toMatchObject({ errorCode: 'STORAGE_WRITE_FAILED', message: 'The hub database failed to write' })
    expect(write.body).not.toContain('no such table')
  })
})

describe('the request id', () => {
  it('is the client’s own where it is printable and not too long', async () => {
    for (const mine of ['a', 'x'.repeat(128), 'trip 7/b']) {
      const answer = await hub.ask('GET', '/health', { headers: { 'x-request-id': mine } })
      expect(answer.headers['x-request-id']).toBe(mine)
    }
  })

  it('is a new one otherwise, on answer and error alike', async () => {
    for (const headers of [{}, { 'x-request-id': '' }, { 'x-request-id': 'x'.repeat(129) }, { 'x-request-id': 'caf\u00e9' }]) {
      for (const url of ['/health', '/nothing']) {
        const answer = await hub.ask('GET', url, { headers })
        expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
        if (url === '/nothing') expect(answer.json().request_id).toBe(answer.headers['x-request-id'])
      }
    }
  })

  it('is on every log line, with the duration and without secrets', async () => {
    const hub = await openHub()
    await hub.ask('POST', '/api/usage/calls', {
      payload: { machine_id: 'laptop', calls: [someCall({ cwd: '/home/dev/hidden' })] },
      headers: { 'x-request-id': 'mine' },
    })
    const line = hub.log.find(({ msg }) => msg === 'request answered')
    expect(line).toMatchObject({
      level: 'INFO',
      request_id: 'mine',
      machine_id: 'laptop',
      method: 'POST',
      path: '/api/usage/calls',
      status: 200,
    })
    expect(line?.duration_ms).toBeTypeOf('number')
    expect(JSON.stringify(hub.log)).not.toContain('hidden')
    expect(JSON.stringify(hub.log)).not.toContain(masterKey)
    // A body that is refused for it is no reason for a line of a megabyte.
    await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'm'.repeat(1_000_000), calls: [] } })
    expect(hub.log.find(({ msg, status }) => msg === 'request answered' && status === 400)?.machine_id).toBe('m'.repeat(200))
  })
})
