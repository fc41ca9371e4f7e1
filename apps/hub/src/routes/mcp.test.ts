import os from 'node:os'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Scope } from '@signalbox/contract/scope'
import { ensureOwnerKey, readOwnerKey } from '@signalbox/hub-address/owner-key'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fleetOf } from '../../test/fleet.ts'
import { masterKey, openHub, type TestHub } from '../../test/open-hub.ts'

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}
const accept = 'application/json, text/event-stream'
const callOf = (name: string, args: object = {}, id = 1) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
})

async function openListening(env: NodeJS.ProcessEnv = {}) {
  const hub = await openHub({ env })
  const url = await hub.app.listen({ port: 0, host: '127.0.0.1' })
  return { hub, fleet: fleetOf(hub), url: new URL('/mcp', url) }
}

async function keyWith(hub: TestHub, ...scopes: Scope[]): Promise<string> {
  return (await hub.ask('POST', '/api/keys', { payload: { name: scopes.join(), scopes } })).json().key
}

async function connect(
  url: URL,
  headers: Record<string, string> = { authorization: `Bearer ${masterKey}` },
  mode: 'legacy' | 'auto' = 'legacy',
) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
  onTestFinished(() => client.close())
  return client
}

const post = (hub: TestHub, payload: object, headers: Record<string, string> = {}) =>
  hub.ask('POST', '/mcp', { payload, headers: { accept, ...headers } })
/** The one message of an answer in JSON or as an event. */
const messageOf = ({ body }: { body: string }) => JSON.parse(/^data: (.*)$/m.exec(body)?.[1] ?? body)

describe('the official MCP client', () => {
  it.each(['legacy', 'auto'] as const)('lists and calls tools over HTTP, negotiating %s', async (mode) => {
    const { url, fleet } = await openListening()
    const { session_id } = await fleet.session({ project_id: 'web', activity: 'waiting', waiting_for: 'permission' })
    const client = await connect(url, undefined, mode)
    expect(client.getServerVersion()).toMatchObject({ name: 'signalbox' })
    expect(client.getInstructions()).toContain('Signalbox')
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toContain('usage_report')
    const answer = await client.callTool({ name: 'sessions_list', arguments: { state: 'person' } })
    expect(answer).toMatchObject({
      isError: false,
      content: [{ type: 'text', text: expect.stringContaining('web on m: waiting for permission') }],
      structuredContent: { total: 1, sessions: [{ session_id }], summary: expect.stringContaining('1 session:') },
    })
    const refused = await client.callTool({ name: 'sessions_list', arguments: { state: 'tired' } })
    expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('sessions_list: state') }] })
    await expect(client.callTool({ name: 'drop_tables', arguments: {} })).rejects.toThrow('There is no tool drop_tables')
  })

  it('sees on each of its connections only what its key may do', async () => {
    const { hub, url, fleet } = await openListening()
    const { session_id } = await fleet.session()
    const reader = await connect(url, { 'x-api-key': await keyWith(hub, 'read') })
    const names = (await reader.listTools()).tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])
    expect(names.map(([, readOnly]) => readOnly)).toEqual(names.map(() => true))
    const refused = await reader.callTool({ name: 'task_create', arguments: { task_name: 't', session_id } })
    expect(refused).toEqual({
      isError: true,
      content: [
        {
          type: 'text',
          text: 'task_create needs a key with the scope write, and the key of this connection has only read. Do not try again; a person can make another key with "signalbox keys create NAME --scopes read,write".',
        },
      ],
    })
    const writer = await connect(url, { authorization: `Bearer ${await keyWith(hub, 'write')}` })
    expect((await writer.listTools()).tools.map(({ name }) => name)).toEqual([
      'task_create',
      'task_update',
      'report_progress',
      'ask_for_input',
    ])
    expect(await writer.callTool({ name: 'task_create', arguments: { task_name: 't', session_id } })).toMatchObject({ isError: false })
    const collector = await connect(url, { authorization: `Bearer ${await keyWith(hub, 'ingest')}` })
    expect((await collector.listTools()).tools).toEqual([])
  })

  it('may say by a header which session it belongs to', async () => {
    const { url, fleet } = await openListening()
    const { session_id } = await fleet.session()
    const client = await connect(url, { authorization: `Bearer ${masterKey}`, 'x-claude-code-session-id': session_id })
    await client.callTool({ name: 'report_progress', arguments: { progress: 'half done' } })
    expect((await fleet.read(session_id)).metadata).toEqual({ progress: 'half done' })
  })
})

describe('/mcp', () => {
  it('needs a key, like every route', async () => {
    const hub = await openHub()
    for (const method of ['POST', 'GET', 'DELETE'] as const) {
      const request = { method, url: '/mcp', headers: { accept }, ...(method === 'POST' ? { payload: initialize } : {}) }
      expect((await hub.inject(request)).json()).toMatchObject({ statusCode: 401, message: 'API key is missing' })
      const wrong = await hub.inject({ ...request, headers: { accept, authorization: 'Bearer wrong' } })
      expect(wrong.json()).toMatchObject({ statusCode: 401, message: 'Invalid API key' })
    }
    expect((await post(hub, initialize)).statusCode).toBe(200)
  })

  it('refuses pages of another origin, and answers its own', async () => {
    const hub = await openHub()
    for (const origin of ['http://evil.example', 'null', 'https://localhost:80']) {
      for (const method of ['POST', 'GET', 'DELETE']) {
        const answer = await hub.ask(method, '/mcp', { headers: { accept, origin }, ...(method === 'POST' ? { payload: initialize } : {}) })
        expect([answer.statusCode, answer.json().error]).toEqual([403, 'forbidden'])
      }
    }
    expect((await post(hub, initialize, { origin: 'http://localhost', host: 'localhost' })).statusCode).toBe(200)
  })

  it('answers only to the names of this machine while no key exists', async () => {
    const hub = await openHub({ env: { API_KEYS: '', NODE_ENV: 'development', HOST: '127.0.0.1' } })
    const ask = (host: string) => hub.inject({ method: 'POST', url: '/mcp', headers: { accept, host }, payload: callOf('machines_list') })
    expect((await ask('rebound.example')).statusCode).toBe(403)
    expect(messageOf(await ask('localhost:4000')).result).toMatchObject({ isError: false })
  })

  it('has no stream and no session: GET and DELETE are 405', async () => {
    const hub = await openHub()
    for (const method of ['GET', 'DELETE']) {
      const answer = await hub.ask(method, '/mcp', { headers: { accept: 'text/event-stream' } })
      expect([answer.statusCode, answer.json().error.message]).toEqual([405, 'Method not allowed.'])
    }
  })

  it('serves a signed-in browser by its cookie, with the rules of the routes', async () => {
    const { hub, fleet } = await openListening()
    const { session_id } = await fleet.session()
    const signIn = await hub.inject({ method: 'POST', url: '/api/login', payload: { key: masterKey } })
    const cookie = String(signIn.headers['set-cookie']).split(';')[0]!
    const report = (headers: Record<string, string>) =>
      hub.inject({
        method: 'POST',
        url: '/mcp',
        headers: { accept, host: 'localhost', cookie, ...headers },
        payload: callOf('report_progress', { progress: 'x', session_id }),
      })
    expect((await report({})).statusCode).toBe(403)
    expect(messageOf(await report({ origin: 'http://localhost' })).result).toMatchObject({ isError: false })
  })

  it('counts what a tool asks against the limit of its key, and says so to the model', async () => {
    const hub = await openHub({ env: { RATE_LIMIT_PER_MINUTE: '3' } })
    const first = messageOf(await post(hub, callOf('machines_list')))
    expect(first.result.isError).toBe(false)
    const second = await post(hub, callOf('machines_list'))
    expect([second.statusCode, second.json().error]).toEqual([429, 'rate_limit_exceeded'])
    const other = await openHub({ env: { RATE_LIMIT_PER_MINUTE: '2' } })
    const { result } = messageOf(await post(other, callOf('machines_list')))
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^More than 2 requests in a minute\. Wait \d+ s\./) }],
    })
  })

  it('logs what a tool asks under the request id of the call, and no arguments', async () => {
    const hub = await openHub()
    await post(hub, callOf('usage_report', { range: 'today' }), { 'x-request-id': 'call-1' })
    expect(hub.log.filter(({ request_id }) => request_id === 'call-1').map(({ path }) => path)).toEqual(['/api/usage', '/mcp'])
    await post(hub, callOf('report_progress', { progress: 'a planted word' }))
    expect(JSON.stringify(hub.log)).not.toContain('planted')
  })

  it('serves the owner on the own address of the machine, where the hub listens there only', async ({ skip }) => {
    const own = Object.values(os.networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address
    if (own === undefined) return skip('a machine without a network has no address beside those of loopback')
    const hub = await openHub({ env: { HOST: own } })
    ensureOwnerKey(hub.folder)
    const url = await hub.app.listen({ port: 0, host: own })
    const call = (headers: Record<string, string>) =>
      fetch(new URL('/mcp', url), {
        method: 'POST',
        headers: { accept, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(callOf('machines_list')),
      })
    const answer = await call({ authorization: `Bearer ${readOwnerKey(hub.folder)!.key}` })
    expect(messageOf({ body: await answer.text() }).result).toMatchObject({ isError: false })
    // What one caller may do is not left over for the next one.
    expect((await call({ authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await fetch(new URL('/machines', url))).status).toBe(401)
  })

  it('is not led to another route by a name', async () => {
    const { hub } = await openListening()
    for (const session_id of ['../keys', 'a/b', '%2e%2e', '..', 'x?y=1']) {
      const { result } = messageOf(await post(hub, callOf('report_progress', { progress: 'x', session_id })))
      expect(result.isError).toBe(true)
    }
    expect(hub.log.filter(({ path }) => String(path).startsWith('/api/keys'))).toEqual([])
  })

  it.each([
    ['no JSON', '{"jsonrpc":', 400],
    ['no message', '[]', 400],
    ['a number', '7', 400],
    ['a message without a method', '{"jsonrpc":"2.0","id":1}', 400],
    [
      'thousands of levels',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hub_health","arguments":{"a":${'['.repeat(6000)}${']'.repeat(6000)}}}}`,
      400,
    ],
    ['more than 64 KiB', JSON.stringify({ ...initialize, more: 'x'.repeat(70_000) }), 413],
    ['a batch of a hundred calls', JSON.stringify(Array.from({ length: 100 }, (_, id) => callOf('hub_health', {}, id))), 400],
  ])('refuses %s', async (_, payload, status) => {
    const hub = await openHub()
    const answer = await hub.ask('POST', '/mcp', { payload, headers: { accept, 'content-type': 'application/json' } })
    expect(answer.statusCode).toBe(status)
    expect((await post(hub, initialize)).statusCode).toBe(200)
  })

  it('holds no connection open that would keep the hub from ending', async () => {
    const hub = await openHub()
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const listen = {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, _meta: meta },
    }
    const answer = await post(hub, listen, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' })
    expect(messageOf(answer).error.message).toBeTypeOf('string')
  })
})
