import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPlainRequest } from './plain-request.ts'

const usual = ['POST /sessions/a-1/heartbeat HTTP/1.1', 'Host: hub:4000', 'Authorization: Bearer k', 'Content-Length: 2', '', '{}']
const bytesOf = (lines: readonly string[]) => Buffer.from(lines.join('\r\n'), 'latin1')
/** The usual one, with some lines in the place of one. */
const having = (at: number, ...lines: string[]) => usual.toSpliced(at, 1, ...lines)

describe('a plain request', () => {
  it('is read', () => {
    const request = readPlainRequest(
      bytesOf(having(1, 'host:hub', 'User-Agent: x/1 (y; z)', 'Connection: Keep-Alive', 'X-Request-Id: \t7 ')),
    )
    expect(request).toMatchObject({
      path: '/sessions/a-1/heartbeat',
      headers: { host: 'hub', authorization: 'Bearer k', 'content-length': '2', 'x-request-id': '7' },
    })
    expect(request!.body.toString()).toBe('{}')
  })

  it('may have no body', () => {
    for (const lines of [usual.toSpliced(3, 1), having(3, 'content-length: 0')])
      expect(readPlainRequest(bytesOf([...lines.slice(0, -1), '']))!.body).toHaveLength(0)
  })

  it('is the same when the sender sent all but its first line before', () => {
    const [first, other] = [bytesOf(usual), bytesOf(having(0, 'POST /sessions/b/heartbeat HTTP/1.1'))]
    const last = readPlainRequest(first)
    expect(readPlainRequest(other, last)).toEqual(readPlainRequest(other))
    const changed = bytesOf(having(2, 'Authorization: Bearer q'))
    expect(readPlainRequest(changed, last)!.headers.authorization).toBe('Bearer q')
    const longer = bytesOf([...having(3, 'Content-Length: 4').slice(0, -1), '{  }'])
    expect(readPlainRequest(longer, last)!.body.toString()).toBe('{  }')
  })

  it.each<[string, readonly string[]]>([
    ['another method', having(0, 'PUT /sessions/a/heartbeat HTTP/1.1')],
    ['an older protocol', having(0, 'POST /sessions/a/heartbeat HTTP/1.0')],
    ['a query', having(0, 'POST /sessions/a/heartbeat?x=1 HTTP/1.1')],
    ['an escaped path', having(0, 'POST /sessions/%61/heartbeat HTTP/1.1')],
    ['a whole address', having(0, 'POST http://hub/sessions/a/heartbeat HTTP/1.1')],
    ['two spaces', having(0, 'POST  /sessions/a/heartbeat HTTP/1.1')],
    ['no host', usual.toSpliced(1, 1)],
    ['two hosts', having(1, 'Host: a', 'Host: b')],
    ['two lengths', having(3, 'Content-Length: 2', 'content-length: 2')],
    ['a length with a sign', having(3, 'Content-Length: +2')],
    ['a list of lengths', having(3, 'Content-Length: 2, 2')],
    ['chunks', having(3, 'Transfer-Encoding: chunked')],
    ['chunks beside a length', having(3, 'Content-Length: 2', 'Transfer-Encoding: chunked')],
    ['a length in the dark', having(3, 'Content-Length : 2')],
    ['a folded line', having(2, 'Authorization: Bearer', ' k')],
    ['a line feed alone', having(2, 'Authorization: Bearer k\nContent-Length: 5')],
    ['a carriage return alone', having(2, 'Authorization: Bearer k\rx')],
    ['a zero byte', having(2, 'Authorization: Bearer k\0')],
    ['a letter that is no ASCII', having(2, 'Authorization: Bearer \xe9')],
    ['an end of the connection', having(2, 'Connection: close')],
    ['another protocol from here on', having(2, 'Connection: Upgrade', 'Upgrade: websocket')],
    ['a wait before the body', having(2, 'Expect: 100-continue')],
    ['a packed body', having(2, 'Content-Encoding: gzip')],
    ['a key for repeating', having(2, 'Idempotency-Key: 1')],
    ['half a head', usual.slice(0, 3)],
    ['half a body', having(3, 'Content-Length: 3')],
    ['a body that is too long', having(3, 'Content-Length: 1')],
    ['the next one behind it', [...usual.slice(0, -1), `{}${usual.join('\r\n')}`]],
    ['4 KB and more', having(2, `X-Long: ${'x'.repeat(4096)}`)],
  ])('is none with %s', (_, lines) => {
    expect(readPlainRequest(bytesOf(lines))).toBeUndefined()
    expect(readPlainRequest(bytesOf(lines), readPlainRequest(bytesOf(usual)))).toBeUndefined()
  })
})

describe('what is read as plain', () => {
  interface Seen {
    readonly method: string
    readonly path: string
    readonly headers: http.IncomingHttpHeaders
    readonly body: string
  }
  const seen: Seen[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen.push({ method: request.method!, path: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString('latin1') })
      response.end('done')
    })
  })
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => void server.close())

  /** What the server of Node makes of bytes that are all there is. */
  async function byNode(bytes: Buffer): Promise<readonly Seen[]> {
    seen.length = 0
    const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.end(bytes)
    socket.resume()
    await once(socket, 'close')
    return [...seen]
  }

  it('is one request for the server of Node too, and the same', async () => {
    const fine = fc.constantFrom(
      'Content-Length: 2',
      'content-length:2',
      'Authorization: Bearer  k\t',
      'X-API-Key: q',
      'Connection: keep-alive',
      'Accept: */*',
    )
    const odd = fc.constantFrom(
      ...[
        'Host: a',
        'host:',
        'Content-Length: 0',
        'Content-Length: 02',
        'Content-Length: 2 ',
        'Content-Length: 2, 2',
        'Connection: close, x',
      ],
      ...[
        'Transfer-Encoding: chunked',
        'Transfer-Encoding : chunked',
        ' folded',
        'X:',
        ': y',
        'No colon',
        'X\0: y',
        'X: \x7f',
        'TE: trailers',
      ],
      ...['X: a\nY: b', 'X: a\rb', '{}', '', '\n', '\r', '2', '0', 'POST /a/b/c HTTP/1.1'],
    )
    const start = fc.constantFrom(
      'POST /a/b/c HTTP/1.1',
      'POST /a/./b~ HTTP/1.1',
      'POST /a/b/c HTTP/1.1 ',
      'post /a HTTP/1.1',
      'POST /a HTTP/1.1\n',
    )
    const more = fc.array(fc.oneof({ weight: 4, arbitrary: fine }, { weight: 1, arbitrary: odd }), { maxLength: 4 })
    const lines = fc.tuple(start, more, fc.constantFrom('{}', '{}', '{}', '', '{ }', '{}{}', '0\r\n\r\n'))
    let plain = 0
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async ([first, more, body], named) => {
        const bytes = bytesOf([first, ...(named ? ['Host: hub'] : []), ...more, '', body])
        const request = readPlainRequest(bytes)
        if (request === undefined) return
        plain++
        const [one, ...others] = await byNode(bytes)
        expect(others).toEqual([])
        expect(one).toMatchObject({ method: 'POST', path: request.path, headers: request.headers, body: request.body.toString('latin1') })
      }),
      { numRuns: 6000 },
    )
    expect(plain).toBeGreaterThan(100)
  })
})
