import { randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { StateTrackingApiClient } from '@signalbox/client'
import type { ToWebview } from '@signalbox/client/webview-message'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openHubFixture, RealClock } from '../../cli/src/hub.suite.ts'
import { chooseHub } from './choose-hub.ts'
import { OwnSession } from './own-session.ts'
import { sessionOf } from './session.fixture.ts'
import { Tracker } from './tracker.ts'
import { WebviewHub } from './webview-hub.ts'

async function urlOf(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  onTestFinished(() => server.closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const HOUR = 3_600_000
const wait = { timeout: 60_000, interval: 50 }

function trackerOf(env: Record<string, string>, keyOf: (url: string) => string | undefined = () => undefined, apiUrl = '') {
  const settings = { enabled: true, apiUrl }
  const tracker = new Tracker({ env, settings: () => settings, keyOf: async (url) => keyOf(url), onChange: () => {}, onHub: () => {} })
  onTestFinished(() => tracker.stop())
  return { tracker, settings }
}

it('it follows a session from its start to its failure, and says when its key is revoked', async () => {
  const { env, client } = await openHubFixture({ clock: new RealClock() })
  const { key, key_id } = await client.createKey({ name: 'editor', scopes: ['read', 'write', 'answer'] })
  const { tracker, settings } = trackerOf({ ...env, SIGNALBOX_API_KEY: key! })
  await tracker.connect()
  await vi.waitFor(() => expect(tracker.status).toBe('live'), wait)
  expect(tracker.scopes).toEqual(['read', 'write', 'answer'])

  const { session_id } = await client.createSession({ project_id: 'shop', machine_id: 'box' })
  await vi.waitFor(() => expect(tracker.fleet.sessions.get(session_id)?.status).toBe('active'), wait)
  await tracker.loadTasks(session_id)
  await client.createTask({ session_id, task_name: 'write tests' })
  await vi.waitFor(() => expect(tracker.fleet.tasks.get(session_id)?.size).toBe(1), wait)
  await client.updateSession(session_id, { activity: 'waiting', waiting_for: 'input' })
  await vi.waitFor(() => expect(tracker.fleet.attention()).toHaveLength(1), wait)
  await client.markSessionFailed(session_id, { reason: 'out of disk' })
  await vi.waitFor(() => expect(tracker.fleet.sessions.get(session_id)?.status).toBe('failed'), wait)

  await client.revokeKey(key_id)
  await vi.waitFor(() => expect(tracker.status).toBe('refused'), wait)
  settings.enabled = false
  await tracker.connect()
  expect([tracker.status, tracker.hub]).toEqual(['off', undefined])
})

it('a key goes to the hub that it was made for, whatever a folder says', async () => {
  const env = { SIGNALBOX_URL: 'http://127.0.0.1:9', SIGNALBOX_API_KEY: 'sbx_mine' }
  const keyOf = async (url: string) => (url === 'https://entered.example' ? 'sbx_entered' : undefined)
  expect(await chooseHub({ apiUrl: '', env, keyOf })).toMatchObject({ url: 'http://127.0.0.1:9', key: 'sbx_mine', isGiven: true })
  expect(await chooseHub({ apiUrl: 'http://127.0.0.1:9/', env, keyOf })).toMatchObject({ key: 'sbx_mine' })
  expect(await chooseHub({ apiUrl: 'https://other.example', env, keyOf })).toMatchObject({ url: 'https://other.example', key: undefined })
  expect(await chooseHub({ apiUrl: 'https://entered.example', env, keyOf })).toMatchObject({ key: 'sbx_entered' })
  const locked = () => Promise.reject(new Error('the keyring is locked'))
  expect(await chooseHub({ apiUrl: '', env, keyOf: locked })).toMatchObject({ key: 'sbx_mine' })
  await expect(chooseHub({ apiUrl: 'hub.example', env, keyOf })).rejects.toThrow('stateTracking.apiUrl is no address of a hub')
})

it('a program that answers in the place of the hub is no refusal, and a stream that ends within an event is opened again', async () => {
  let streams = 0
  const other = http.createServer((request, response) => {
    if (!request.url?.startsWith('/events')) return void response.end(request.url === '/api/whoami' ? '{"scopes":["read"]}' : '[]')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (++streams === 1)
      response.end(
        'event: session.updated\ndata: {"session_id":"x","status":"stalled"}\n\nevent: task.status\ndata: {}\n\nevent: session.upd',
      )
    else response.write(`event: session.created\ndata: ${JSON.stringify(sessionOf())}\n\n`)
  })
  const { tracker } = trackerOf({ SIGNALBOX_URL: await urlOf(other) })
  await tracker.connect()
  await vi.waitFor(() => expect([streams, tracker.status, [...tracker.fleet.sessions.keys()]]).toEqual([2, 'live', ['s1']]), wait)
})

it('the clock of this machine may be wrong: a session that failed just now is there', async () => {
  const behind = Date.now() - 2 * HOUR
  const session = sessionOf({ status: 'failed', completed_at: new Date(behind).toISOString() })
  const other = http.createServer((request, response) => {
    response.setHeader('date', new Date(behind).toUTCString())
    if (request.url?.startsWith('/events')) return void response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    if (request.url === '/api/whoami') return void response.end('{"scopes":["read"]}')
    response.end(request.url?.includes('status=failed') ? JSON.stringify([session]) : '[]')
  })
  const { tracker } = trackerOf({ SIGNALBOX_URL: await urlOf(other) })
  await tracker.connect()
  await vi.waitFor(() => expect([...tracker.fleet.sessions.keys()]).toEqual(['s1']), wait)
})

it('a window can be a session of its own, which ends with it', async () => {
  const { client } = await openHubFixture({ clock: new RealClock() })
  const session = new OwnSession({ client, projectId: '/home/ada/shop', machineId: 'laptop', editor: 'VS Code' })
  await session.start()
  const id = session.id!
  expect(await client.getSession(id)).toMatchObject({ status: 'active', heartbeat_interval_ms: 60_000, metadata: { editor: 'VS Code' } })
  await session.stop()
  expect((await client.getSession(id)).status).toBe('completed')
})

it('a webview reaches its hub with the key of the extension, and nothing else', async () => {
  const { url, env, client } = await openHubFixture({ clock: new RealClock() })
  const sent: ToWebview[] = []
  const hub = new WebviewHub({
    url,
    key: env.SIGNALBOX_API_KEY,
    client: new StateTrackingApiClient({ baseUrl: url, apiKey: env.SIGNALBOX_API_KEY }),
    send: (message) => sent.push(message),
  })
  onTestFinished(() => hub.close())
  hub.receive({ kind: 'request', id: 1, method: 'GET', path: '/api/whoami', headers: { authorization: 'Bearer sbx_other', cookie: 'x=1' } })
  hub.receive({ kind: 'request', id: 2, method: 'GET', path: '//example.com/x', headers: {} })
  hub.receive({ kind: 'request', id: 3, method: 'TRACE', path: '/api/whoami', headers: {} })
  await vi.waitFor(() => expect(sent).toHaveLength(3), wait)
  expect(sent.find((message) => 'id' in message && message.id === 1)).toMatchObject({ kind: 'response', status: 200 })
  expect(sent.filter(({ kind }) => kind === 'failed')).toHaveLength(2)
  hub.receive({ kind: 'follow', types: ['session.created'] })
  await vi.waitFor(() => expect(sent).toContainEqual(expect.objectContaining({ kind: 'connection', state: 'open' })), wait)
  const { session_id } = await client.createSession({ project_id: 'shop', machine_id: 'box', session_id: randomUUID() })
  await vi.waitFor(
    () =>
      expect(sent).toContainEqual(
        expect.objectContaining({ kind: 'event', event: expect.objectContaining({ data: expect.objectContaining({ session_id }) }) }),
      ),
    wait,
  )
})
