import fs from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { HttpAnswer, RestAnswer } from '../../apps/hub/src/lambda/gateway-event.ts'
// @ts-expect-error plain JavaScript
import { buildLambda } from '../../scripts/lambda/build.mjs'
import { startNode } from '../support/child.ts'
import { type GatewayKind, gatewayEvent, gatewayResponse } from '../support/gateway.ts'
import { databaseForStore, MONGO_START_TIMEOUT_MS, mongoForTests } from '../support/mongo.ts'
import { tempFolder } from '../support/temp.ts'
import { fixtures, KEY } from './gateway-fixtures.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)

const kinds: GatewayKind[] = ['rest', 'http', 'url']

function get(
  rawPath: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: object } = {},
) {
  return {
    version: '2.0',
    rawPath,
    rawQueryString: '',
    headers: { host: 'signalbox.example', authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    requestContext: { http: { method, sourceIp: '192.0.2.7' } },
  }
}

it('the bundle for Lambda is at most 3 MB, and answers with the API, the page, the MCP server and the documents', async () => {
  const folder = tempFolder()
  const { bytes } = await buildLambda(folder)
  expect(bytes).toBeLessThanOrEqual(3_000_000)
  const script = fs.readdirSync(path.join(folder, 'dashboard/assets')).find((file) => /^first-.*\.js$/.test(file))
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a test', version: '1' } },
  }
  const events = [
    get('/health'),
    get('/sessions', { method: 'POST', body: { project_id: 'p', machine_id: 'rack/1' } }),
    'tick',
    get('/machines/rack%2F1'),
    get(`/assets/${script}`, { headers: { 'accept-encoding': 'br' } }),
    get('/api/docs/static/swagger-ui.css'),
    get('/api/docs/openapi.json', { headers: { 'accept-encoding': 'gzip' } }),
    get('/mcp', { method: 'POST', body: initialize, headers: { accept: 'application/json, text/event-stream' } }),
    get('/metrics'),
  ]
  const cases = kinds.flatMap((kind) => fixtures().map((fixture) => ({ kind, ...fixture })))
  const child = startNode([path.join(import.meta.dirname, 'call-bundle.mjs'), folder], {
    input: JSON.stringify([...events, ...cases.map(({ kind, request }) => gatewayEvent(kind, request))]),
    env: {
      MONGODB_URI: await databaseForStore(),
      API_KEYS: KEY,
      SECRET_KEY: 'secret-of-this-test-0123456789abcdef',
      DATA_DIR: tempFolder(),
      LOG_LEVEL: 'silent',
      RATE_LIMIT_PER_MINUTE: '100000',
    },
  })
  const { stdout } = await child.finished
  const all = JSON.parse(stdout) as (HttpAnswer | null)[]
  const answers = all.slice(0, events.length)
  expect(answers.map((answer) => answer?.statusCode)).toEqual([200, 201, undefined, 200, 200, 200, 200, 200, 200])
  expect(JSON.parse(answers[3]!.body)).toMatchObject({ machine_id: 'rack/1' })
  expect(answers[4]!.headers['content-encoding']).toBe('br')
  expect(answers[6]!.headers['content-encoding']).toBe('gzip')
  expect(answers[7]!.body).toContain('"serverInfo"')
  expect(fs.existsSync(path.join(folder, 'static/swagger-ui.css'))).toBe(true)
  // Each request has the same answer behind each kind of gateway.
  expect(cases.length).toBeGreaterThanOrEqual(60)
  for (const [n, { kind, name, status, check }] of cases.entries()) {
    const answer = gatewayResponse(all[events.length + n] as RestAnswer | HttpAnswer)
    expect([kind, name, answer.statusCode, status === answer.statusCode ? '' : answer.rawPayload.toString()]).toEqual([
      kind,
      name,
      status,
      '',
    ])
    try {
      check?.(answer)
    } catch (error) {
      throw new Error(`${name}, behind ${kind}: ${answer.rawPayload.toString().slice(0, 300)}`, { cause: error })
    }
  }
})
