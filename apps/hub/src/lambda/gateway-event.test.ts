import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { fixtures } from '../../../../test/aws/gateway-fixtures.ts'
import { type GatewayKind, gatewayEvent } from '../../../../test/support/gateway.ts'
import { type GatewayEvent, type HttpEvent, type RestEvent, toAnswer, toRequest } from './gateway-event.ts'

function rest(fields: Partial<RestEvent> = {}): RestEvent {
  return { httpMethod: 'GET', path: '/sessions', requestContext: { identity: { sourceIp: '192.0.2.7' } }, ...fields }
}

function http(fields: Partial<Omit<HttpEvent, 'requestContext'>> & { method?: string; stage?: string } = {}): HttpEvent {
  const { method = 'GET', stage = '$default', ...rest } = fields
  const requestContext = { stage, domainName: 'abc.lambda-url.eu-central-1.on.aws', http: { method, sourceIp: '2001:db8::1' } }
  return { version: '2.0', rawPath: '/sessions', rawQueryString: '', headers: {}, ...rest, requestContext }
}

describe('the path and the query', () => {
  it.each<[name: string, event: GatewayEvent, url: string]>([
    ['as sent', http({ rawPath: '/sessions/a%2Fb', rawQueryString: 'limit=5&q=a+b%2Bc' }), '/sessions/a%2Fb?limit=5&q=a+b%2Bc'],
    ['several values', http({ rawQueryString: 'status=active&status=failed&empty=' }), '/sessions?status=active&status=failed&empty='],
    ['the root', http({ rawPath: '/' }), '/'],
    ['a stage', http({ rawPath: '/dev/app/usage', stage: 'dev' }), '/app/usage'],
    ['a stage alone', http({ rawPath: '/dev', stage: 'dev' }), '/'],
    ['a path that begins as the stage does', http({ rawPath: '/devices', stage: 'dev' }), '/devices'],
    ['a domain of its own, without the stage', http({ rawPath: '/app', stage: 'dev' }), '/app'],
    ['REST, as sent', rest({ path: '/sessions/a%2Fb' }), '/sessions/a%2Fb'],
    ['REST, decoded by the gateway', rest({ path: '/machines/büro 1' }), '/machines/b%C3%BCro%201'],
    ['REST, a percent sign of its own', rest({ path: '/machines/100%' }), '/machines/100%25'],
    ['REST, half a character', rest({ path: '/machines/\ud800' }), '/machines/%EF%BF%BD'],
    ['REST, one value', rest({ queryStringParameters: { q: 'a b&c=d' } }), '/sessions?q=a%20b%26c%3Dd'],
    [
      'REST, several values',
      rest({ queryStringParameters: { status: 'failed' }, multiValueQueryStringParameters: { status: ['active', 'failed'], q: ['+'] } }),
      '/sessions?status=active&status=failed&q=%2B',
    ],
    ['REST, nothing', rest({ queryStringParameters: null, multiValueQueryStringParameters: null }), '/sessions'],
    ['two slashes', http({ rawPath: '//evil.example/x' }), '//evil.example/x'],
  ])('%s', (_name, event, url) => {
    expect(toRequest(event).url).toBe(url)
  })
})

describe('the headers', () => {
  it('name the caller as the gateway knows it, over https, and nothing that the caller says of it', () => {
    const said = {
      Host: 'signalbox.example',
      'X-Forwarded-For': '127.0.0.1, 10.0.0.1',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Prefix': '/evil',
      Forwarded: 'for=127.0.0.1',
      'X-Real-IP': '127.0.0.1',
      Connection: 'keep-alive',
      'Transfer-Encoding': 'chunked',
      Authorization: 'Bearer k',
    }
    const expected = { host: 'signalbox.example', authorization: 'Bearer k', 'x-forwarded-proto': 'https' }
    expect(toRequest(rest({ headers: said })).headers).toEqual({ ...expected, 'x-forwarded-for': '192.0.2.7' })
    expect(toRequest(http({ headers: said })).headers).toEqual({ ...expected, 'x-forwarded-for': '2001:db8::1' })
  })

  it('have the stage as the prefix where the address has it', () => {
    const context = { path: '/production/app', identity: { sourceIp: '192.0.2.7' } }
    expect(toRequest(rest({ path: '/app', requestContext: context })).headers['x-forwarded-prefix']).toBe('/production')
    expect(toRequest(rest({ path: '/app', requestContext: { ...context, path: '/app' } })).headers).not.toHaveProperty('x-forwarded-prefix')
    expect(toRequest(http({ rawPath: '/dev/app', stage: 'dev' })).headers['x-forwarded-prefix']).toBe('/dev')
  })

  it('of one name are one, cookies by semicolons, and a second host stays for the hub to refuse', () => {
    const { headers } = toRequest(
      rest({
        headers: { accept: 'b' },
        multiValueHeaders: { Accept: ['a', 'b'], Cookie: ['x=1', 'y=2'], Host: ['a.example', 'b.example'] },
      }),
    )
    expect(headers).toMatchObject({ accept: 'a, b', cookie: 'x=1; y=2', host: ['a.example', 'b.example'] })
    expect(toRequest(http({ cookies: ['x=1', 'y=2'] })).headers).toMatchObject({
      cookie: 'x=1; y=2',
      host: 'abc.lambda-url.eu-central-1.on.aws',
    })
  })
})

describe('the body', () => {
  it.each<[name: string, fields: { body?: string; isBase64Encoded?: boolean }, bytes: Buffer | undefined]>([
    ['absent', {}, undefined],
    ['empty', { body: '' }, Buffer.alloc(0)],
    ['text', { body: '{"name":"ä"}' }, Buffer.from('{"name":"ä"}')],
    ['bytes', { body: gzipSync('{}').toString('base64'), isBase64Encoded: true }, gzipSync('{}')],
  ])('%s, with its length', (_name, fields, bytes) => {
    for (const event of [
      rest({ ...fields, headers: { 'Content-Length': '999' } }),
      http({ ...fields, headers: { 'content-length': '999' } }),
    ]) {
      const { payload, headers } = toRequest(event)
      expect(payload).toEqual(bytes)
      expect(headers['content-length']).toBe(bytes === undefined ? undefined : String(bytes.length))
    }
  })

  it('of six megabytes is passed on whole', () => {
    const bytes = Buffer.alloc(4_500_000, 7)
    expect(toRequest(http({ body: bytes.toString('base64'), isBase64Encoded: true })).payload).toEqual(bytes)
  })
})

describe('the answer', () => {
  const answer = (headers: Record<string, string | string[]>, payload: string | Buffer = '', statusCode = 200) => ({
    statusCode,
    headers,
    payload: Buffer.from(payload),
  })

  it('is text where it is text, and else base64', () => {
    const texts = ['application/json; charset=utf-8', 'text/html', 'text/event-stream; charset=utf-8', 'image/svg+xml', 'text/csv']
    for (const type of texts) {
      expect(toAnswer(http(), answer({ 'content-type': type }, 'ä'))).toMatchObject({ body: 'ä', isBase64Encoded: false })
    }
    for (const headers of [
      { 'content-type': 'font/woff2' },
      { 'content-type': 'image/png' },
      { 'content-type': 'application/json', 'content-encoding': 'br' },
    ]) {
      const bytes = Buffer.from([0xff, 0, 1])
      expect(toAnswer(rest(), answer(headers, bytes))).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true })
    }
  })

  it('keeps each cookie apart, and no header of the connection', () => {
    const headers = { 'set-cookie': ['a=1; Path=/', 'b=2'], vary: ['accept', 'origin'], etag: '"x"', connection: 'close' }
    expect(toAnswer(http(), answer(headers, '', 304))).toEqual({
      statusCode: 304,
      headers: { vary: 'accept, origin', etag: '"x"' },
      cookies: ['a=1; Path=/', 'b=2'],
      body: '',
      isBase64Encoded: false,
    })
    expect(toAnswer(rest(), answer(headers, '', 304))).toEqual({
      statusCode: 304,
      multiValueHeaders: { 'set-cookie': ['a=1; Path=/', 'b=2'], vary: ['accept', 'origin'], etag: ['"x"'] },
      body: '',
      isBase64Encoded: false,
    })
  })
})

describe.each<GatewayKind>(['rest', 'http', 'url'])('the request that a gateway has received (%s)', (kind) => {
  it.each(fixtures())('is the one that the hub gets: $name', ({ request: sent }) => {
    const { method, url, headers, payload } = toRequest(gatewayEvent(kind, sent))
    const [path, query = ''] = url.split('?')
    const [sentPath, sentQuery = ''] = sent.url.split('?')
    expect([method, path, [...new URLSearchParams(query)]]).toEqual([
      sent.method,
      sentPath,
      expect.arrayContaining([...new URLSearchParams(sentQuery)]),
    ])
    expect([...new URLSearchParams(query)]).toHaveLength([...new URLSearchParams(sentQuery)].length)
    expect(payload).toEqual(sent.body === undefined ? undefined : Buffer.from(sent.body))
    const named = Map.groupBy(sent.headers ?? [], ([name]) => name.toLowerCase())
    for (const [name, values] of named) {
      if (/forwarded/.test(name)) continue
      // An HTTP API joins by commas without a space.
      expect(String(headers[name]).split(/,(?:\s)?/), name).toEqual(values.flatMap(([, value]) => value.split(/,\s?/)))
    }
    expect(headers).toMatchObject({ 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' })
    expect(headers).not.toHaveProperty('forwarded')
  })
})
