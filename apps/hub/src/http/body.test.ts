import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'

const send = (hub: TestHub, payload: Buffer, encoding: string) =>
  hub.ask('POST', '/api/usage/calls', { payload, headers: { 'content-type': 'application/json', 'content-encoding': encoding } })
const body = (calls: unknown[]) => Buffer.from(JSON.stringify({ machine_id: 'a', calls }))

it('a gzipped body is read', async () => {
  const hub = await openHub()
  for (const encoding of ['gzip', 'GZIP', 'x-gzip']) {
    expect((await send(hub, gzipSync(body([someCall()])), encoding)).json()).toMatchObject({ accepted: 1 })
  }
  expect((await send(hub, body([someCall()]), 'identity')).json()).toMatchObject({ accepted: 1 })
})

it('a body that decompresses beyond the limit is refused before it is in memory', async () => {
  const hub = await openHub()
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32))
  const answer = await send(hub, bomb, 'gzip')
  expect([answer.statusCode, answer.json().errorCode, answer.json().message]).toEqual([
    413,
    'PAYLOAD_TOO_LARGE',
    'The body is larger than 8 MiB',
  ])
})

it('a body with a wrong Content-Encoding is refused', async () => {
  const hub = await openHub()
  const torn = await send(hub, gzipSync(body([])).subarray(0, 20), 'gzip')
  expect([torn.statusCode, torn.json().message]).toEqual([400, 'The body is not gzip, though Content-Encoding says so'])
  const other = await send(hub, brotliCompressSync(body([])), 'br')
  expect([other.statusCode, other.json().message]).toEqual([400, 'A body with Content-Encoding br is not accepted'])
})

it('five thousand calls are accepted, and not one more', async () => {
  const hub = await openHub()
  const calls = Array.from({ length: 5_001 }, () => someCall())
  const answer = await send(hub, gzipSync(body(calls)), 'gzip')
  expect(answer.json()).toMatchObject({ errorCode: 'VALIDATION_OUT_OF_RANGE', message: expect.stringMatching(/^calls: too big/) })
  expect((await send(hub, gzipSync(body(calls.slice(1))), 'gzip')).json()).toMatchObject({ accepted: 5_000 })
})

it('where no body is needed none is asked for, whatever its type is said to be', async () => {
  const hub = await openHub()
  const { session_id } = (await hub.ask('POST', '/sessions', { payload: { project_id: 'p', machine_id: 'm' } })).json()
  const url = `/sessions/${session_id}/heartbeat`
  for (const more of [{}, { headers: { 'content-type': 'application/json' } }, { payload: {} }]) {
    expect((await hub.ask('POST', url, more)).statusCode).toBe(200)
  }
  const refused = await hub.ask('POST', `/sessions/${session_id}/mark-failed`, { headers: { 'content-type': 'application/json' } })
  expect([refused.statusCode, refused.json().message]).toEqual([400, 'reason is missing'])
  const chunked = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
  expect((await hub.ask('DELETE', `/sessions/${session_id}`, { headers: chunked })).statusCode).toBe(204)
})

it('no route is bothered by the type of an absent body', async () => {
  const hub = await openHub({ env: { LOG_LEVEL: 'silent' } })
  const { paths } = (await hub.ask('GET', '/api/docs/openapi.json')).json() as { paths: Record<string, object> }
  let routes = 0
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      if (method === 'get') continue
      routes++
      for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
        const url = path.replaceAll(/\{\w+\}/g, '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21')
        const answer = await hub.ask(method.toUpperCase(), url, { headers: { 'content-type': type } })
        // A body that is needed is missed by the name of a field, and never by its type.
        const refusal = answer.statusCode === 400 ? answer.json().message : 'none'
        expect(refusal, `${method} ${path} with ${type}`).toMatch(
          /^(none|\w+ is missing|the body: needs one of \w+ and \w+|\w+ is no id of a \w+|tool is not the name of a tool|Exactly one of .*)$/,
        )
      }
    }
  }
  expect(routes).toBeGreaterThan(15)
})
