import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { someCall } from '../../apps/hub/test/call.ts'
import { builtDashboard } from '../browser/harness.ts'
import type { GatewayRequest, GatewayResponse } from '../support/gateway.ts'

export const KEY = 'key-of-this-test-0123456789abcdef'
const bearer = ['authorization', `Bearer ${KEY}`] as const
const json = ['content-type', 'application/json'] as const
const gzip = ['content-encoding', 'gzip'] as const

/** Ids that paths and queries carry, each of which some gateway or library is known to read otherwise. */
const ids = ['rack/1', 'büro 1', '100%', 'a+b', 'a b', 'x,y', 'k&m=n', "it's", 'שלום', '🚂', '%2F', '?#']

/** A request as a caller sends it, and what it must get, whatever is between it and the hub. */
export interface Fixture {
  readonly name: string
  readonly request: GatewayRequest
  readonly status: number
  readonly check?: (answer: GatewayResponse) => void
}

const sent = (method: string, url: string, body?: object | Buffer | string, headers: GatewayRequest['headers'] = []): GatewayRequest => ({
  method,
  url,
  headers: [bearer, ...(body === undefined || headers.some(([name]) => name === 'content-type') ? [] : [json]), ...headers],
  ...(body === undefined ? {} : { body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
})

/** Each kind of gateway repeats what the first has made. */
const create = (n: number, name: string) =>
  sent('POST', '/sessions', { session_id: sessionId(n), project_id: name, machine_id: name }, [['Idempotency-Key', `session ${n}`]])
const sessionId = (n: number) => `00000000-0000-4000-8000-0000000000${n + 10}`

const jsonOf = ({ rawPayload }: GatewayResponse) => JSON.parse(rawPayload.toString())

/** In this order: the first ones make what the others ask for. */
export function fixtures(): Fixture[] {
  const assets = path.join(builtDashboard(), 'assets')
  const script = fs.readdirSync(assets).find((file) => /^first-.*\.js$/.test(file))!
  const icon = fs.readFileSync(path.join(builtDashboard(), 'icon-192.png'))
  const calls = Array.from({ length: 40 }, (_, n) => someCall({ key: `fixture ${n}` }))
  return [
    ...ids.map((id) => ({
      name: `a body with ${id}`,
      request: create(ids.indexOf(id), id),
      status: 201,
    })),
    ...ids.map((id) => ({
      name: `a path with ${encodeURIComponent(id)}`,
      request: sent('GET', `/machines/${encodeURIComponent(id)}`),
      status: 200,
      check: (answer: GatewayResponse) => expect(jsonOf(answer).machine_id).toBe(id),
    })),
    ...ids.map((id) => ({
      name: `a query with ${encodeURIComponent(id)}`,
      request: sent('GET', `/sessions?project_id=${encodeURIComponent(id)}&limit=5`),
      status: 200,
      check: (answer: GatewayResponse) => expect(jsonOf(answer).map((one: { project_id: string }) => one.project_id)).toEqual([id]),
    })),
    {
      name: 'a plus for a space in the query',
      request: sent('GET', '/sessions?project_id=a+b'),
      status: 200,
      check: (answer) => expect(jsonOf(answer).map((one: { project_id: string }) => one.project_id)).toEqual(['a b']),
    },
    { name: 'a change', request: sent('PUT', `/sessions/${sessionId(1)}`, { status: 'paused' }), status: 200 },
    {
      name: 'several values of one name',
      request: sent('GET', '/sessions?status=active&limit=100&status=paused'),
      status: 200,
      check: (answer) =>
        expect(new Set(jsonOf(answer).map((one: { status: string }) => one.status))).toEqual(new Set(['active', 'paused'])),
    },
    { name: 'an empty value', request: sent('GET', '/sessions?project_id='), status: 400 },
    { name: 'a parameter that is unknown', request: sent('GET', '/health?x=100%25'), status: 400 },
    {
      name: 'a gzip body',
      request: sent('POST', '/api/usage/calls', gzipSync(JSON.stringify({ machine_id: 'rack', calls })), [json, gzip]),
      status: 200,
      check: (answer) => {
        expect(jsonOf(answer).success).toBe(true)
      },
    },
    {
      name: 'a binary body',
      request: sent('POST', '/v1/metrics', Buffer.alloc(0), [['content-type', 'application/x-protobuf']]),
      status: 200,
      check: (answer) => expect([answer.headers['content-type'], answer.rawPayload.length]).toEqual(['application/x-protobuf', 0]),
    },
    {
      name: 'a body of nearly six megabytes',
      request: sent('PUT', `/sessions/${sessionId(0)}`, JSON.stringify({ metadata: { text: 'x'.repeat(5_900_000) } })),
      status: 413,
    },
    { name: 'no body where one is needed', request: sent('POST', '/sessions'), status: 400 },
    { name: 'a body that is no JSON', request: sent('POST', '/sessions', '{"a":', [json]), status: 400 },
    {
      name: 'HEAD',
      request: sent('HEAD', '/health'),
      status: 200,
      check: (answer) => expect(answer.rawPayload.length).toBe(0),
    },
    {
      name: 'a binary answer',
      request: sent('GET', '/icon-192.png'),
      status: 200,
      check: (answer) => expect([answer.headers['content-type'], answer.rawPayload.equals(icon)]).toEqual(['image/png', true]),
    },
    {
      name: 'a compressed answer',
      request: sent('GET', `/assets/${script}`, undefined, [['accept-encoding', 'gzip, br']]),
      status: 200,
      check: (answer) => {
        expect(answer.headers['content-encoding']).toBe('br')
        expect(answer.rawPayload.equals(fs.readFileSync(path.join(assets, `${script}.br`)))).toBe(true)
      },
    },
    {
      name: 'a report that has not changed',
      request: sent('GET', '/api/usage?group=day', undefined, [['if-none-match', '*']]),
      status: 304,
      check: (answer) => expect(answer.rawPayload.length).toBe(0),
    },
    {
      name: 'a header that comes twice',
      request: sent('GET', `/assets/${script}`, undefined, [
        ['Accept-Encoding', 'identity'],
        ['accept-encoding', 'gzip'],
      ]),
      status: 200,
      check: (answer) => expect(answer.headers['content-encoding']).toBe('gzip'),
    },
    {
      name: 'cookies beside the key',
      request: sent('GET', '/sessions?limit=1', undefined, [['cookie', 'a=1; b="x; y"; c=%20']]),
      status: 200,
    },
    {
      name: 'a cookie that is no sign-in',
      request: { method: 'GET', url: '/sessions', headers: [['cookie', 'x=1; __Host-signalbox_login=made-up']] },
      status: 401,
    },
    {
      name: 'a sign-in, which sets a cookie for https',
      request: {
        method: 'POST',
        url: '/api/login',
        headers: [json, ['origin', 'https://signalbox.example']],
        body: JSON.stringify({ key: KEY }),
      },
      status: 200,
      check: (answer) => expect(answer.cookies).toEqual([expect.stringMatching(/^__Host-signalbox_login_\w+=[^;]+;.*; Secure/)]),
    },
    {
      name: 'a sign-in from another page',
      request: {
        method: 'POST',
        url: '/api/login',
        headers: [json, ['origin', 'https://evil.example']],
        body: JSON.stringify({ key: KEY }),
      },
      status: 403,
    },
    { name: 'no key', request: { method: 'GET', url: '/sessions' }, status: 401 },
    {
      name: 'a caller that names itself a proxy',
      request: sent('GET', '/health', undefined, [
        ['X-Forwarded-For', '127.0.0.1'],
        ['x-forwarded-proto', 'http'],
        ['Forwarded', 'for=127.0.0.1;proto=http'],
      ]),
      status: 200,
    },
    { name: 'a path that is none', request: sent('GET', '/nowhere/at%20all'), status: 404 },
    { name: 'a method that is none', request: sent('PATCH', '/health', {}), status: 404 },
    {
      name: 'a stream of events, which is a turn',
      request: sent('GET', '/events?after=0&types=session.created'),
      status: 200,
      check: (answer) => expect(answer.rawPayload.toString()).toMatch(/^retry: 250\n\n[\s\S]*event: session\.created/),
    },
    { name: 'a session that ends', request: create(80, 'p'), status: 201 },
    {
      name: 'an answer without a body',
      request: sent('DELETE', `/sessions/${sessionId(80)}`),
      status: 204,
      check: (answer) => expect(answer.rawPayload.length).toBe(0),
    },
  ]
}
