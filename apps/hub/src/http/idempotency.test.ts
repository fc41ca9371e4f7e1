import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'

const send = (hub: TestHub, payload: object, key = 'once', headers: object = {}) =>
  hub.ask('POST', '/api/usage/calls', { payload, headers: { 'idempotency-key': key, ...headers } })

describe('Idempotency-Key', () => {
  it('returns the first answer again and marks it as replayed', async () => {
    const hub = await openHub()
    const body = { machine_id: 'a', calls: [someCall()] }
    const first = await send(hub, body)
    hub.clock.pass(1000)
    const again = await send(hub, body)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect([again.json().accepted, again.json().duplicates]).toEqual([1, 0])
    expect((await hub.ask('POST', '/api/usage/calls', { payload: body })).json()).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  it('with another body, or on another route, is 409', async () => {
    const hub = await openHub()
    await send(hub, { machine_id: 'a', calls: [] })
    for (const answer of [
      await send(hub, { machine_id: 'b', calls: [] }),
      await hub.ask('POST', '/api/keys', { payload: { name: 'x', scopes: ['read'] }, headers: { 'idempotency-key': 'once' } }),
    ]) {
      expect([answer.statusCode, answer.json().errorCode]).toEqual([409, 'CONFLICT'])
    }
    expect((await hub.store.keys.list({ limit: 1, offset: 0 })).total).toBe(0)
  })

  it('accepts the same body gzipped', async () => {
    const hub = await openHub()
    const text = JSON.stringify({ machine_id: 'a', calls: [someCall()] })
    const headers = { 'idempotency-key': 'k', 'content-type': 'application/json' }
    await hub.ask('POST', '/api/usage/calls', { payload: text, headers })
    const zipped = await hub.ask('POST', '/api/usage/calls', {
      payload: gzipSync(text),
      headers: { ...headers, 'content-encoding': 'gzip' },
    })
    expect(zipped.headers['idempotent-replayed']).toBe('true')
  })

  it('expires after 24 hours', async () => {
    const hub = await openHub()
    await send(hub, { machine_id: 'a', calls: [] })
    hub.clock.pass(86_400_000)
    const later = await send(hub, { machine_id: 'b', calls: [] })
    expect([later.statusCode, later.headers['idempotent-replayed']]).toEqual([200, undefined])
  })

  it('survives a restart of the hub', async () => {
    const hub = await openHub()
    const body = { machine_id: 'a', calls: [someCall()] }
    await send(hub, body)
    await hub.app.close()
    await hub.store.close()
    const again = await send(await openHub({ folder: hub.folder }), body)
    expect(again.headers['idempotent-replayed']).toBe('true')
  })

  it('belongs to one client', async () => {
    const hub = await openHub({ env: { CLAUDE_SYNC_API_KEY: 'sync' } })
    await send(hub, { machine_id: 'a', calls: [] })
    const other = await hub.inject({
      method: 'POST',
      url: '/api/usage/calls',
      payload: { machine_id: 'b', calls: [] },
      headers: { authorization: 'Bearer sync', 'idempotency-key': 'once' },
    })
    expect([other.statusCode, other.headers['idempotent-replayed']]).toEqual([200, undefined])
  })

  it('creates one API key for repeated requests, and shows it once', async () => {
    const hub = await openHub()
    const make = () => hub.ask('POST', '/api/keys', { payload: { name: 'x', scopes: ['read'] }, headers: { 'idempotency-key': 'k' } })
    const [first, again] = [await make(), await make()]
    expect(first.json().key).toMatch(/^sbx_/)
    const { key: _, ...rest } = first.json()
    expect([again.statusCode, again.json(), again.headers.location]).toEqual([201, rest, first.headers.location])
    expect((await hub.store.keys.list({ limit: 9, offset: 0 })).total).toBe(1)
  })

  it('must be printable and not too long', async () => {
    const hub = await openHub()
    expect((await send(hub, { machine_id: 'a', calls: [] }, 'x'.repeat(256))).json()).toMatchObject({
      errorCode: 'VALIDATION_OUT_OF_RANGE',
      details: { field: 'Idempotency-Key' },
    })
    expect((await send(hub, { machine_id: 'a', calls: [] }, 'x'.repeat(255))).statusCode).toBe(200)
  })

  it('works on every POST that needs an API key', async () => {
    const hub = await openHub()
    const made = async (url: string, payload: object) => (await hub.ask('POST', url, { payload })).json()
    await made('/machines', { machine_id: 'box', hostname: 'box', docker_slots: [1] })
    const session = async () => (await made('/sessions', { project_id: 'p', machine_id: 'm' })).session_id as string
    const task = async () => (await made('/tasks', { session_id: await session(), task_name: 't' })).task_id as string
    const ended = async () => {
      const id = await session()
      await made(`/sessions/${id}/mark-failed`, { reason: 'r' })
      return id
    }
    let machines = 0
    const machine = async () => (await made('/machines', { machine_id: `m${++machines}`, hostname: 'm' })).machine_id as string
    const placed = await session()
    const budget = { name: 'x', kind: 'day', amount_usd: 5 }
    const rule = { kind: 'session_failed', name: 'x' }
    const bodies: Record<string, { id?: () => Promise<string>; payload: object }> = {
      '/api/alert-rules': { payload: rule },
      '/api/budgets': { payload: budget },
      '/api/budgets/{budget_id}/go-on': {
        id: async () => (await made('/api/budgets', budget)).budget_id as string,
        payload: { amount: 5 },
      },
      '/api/channels': { payload: { kind: 'ntfy', name: 'Phone', config: { topic: 'x' } } },
      '/api/usage/calls': { payload: { machine_id: 'a', calls: [someCall()] } },
      '/api/claude/console-usage': { payload: someSnapshot(hub.clock.now()) },
      '/api/claude/console-usage/collector': {
        payload: { machine_id: 'laptop', collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 0 },
      },
      '/api/claude/console-usage/trigger': { payload: {} },
      '/api/invites': { payload: { name: 'x' } },
      '/api/keys': { payload: { name: 'x', scopes: ['read'] } },
      // Makes a link that works once, in memory.
      '/api/login/links': { payload: {} },
      // Clears a cookie, which is idempotent by itself.
      '/api/logout': { payload: {} },
      // They change nothing.
      '/api/assistant/turns': { payload: {} },
      '/api/tools/{tool}': { payload: {} },
      // Clients of MCP send no such key: each request that a tool makes has one of its own.
      '/mcp': { payload: {} },
      '/sessions': { payload: { project_id: 'p', machine_id: 'm' } },
      '/sessions/observations': {
        payload: {
          machine_id: 'm',
          observations: [{ observation_id: 'a', session_id: randomUUID(), source: 'hook', at: '2026-10-06T09:11:00.000Z' }],
        },
      },
      '/sessions/cleanup': { payload: { older_than_days: 7, statuses: ['failed'] } },
      '/sessions/{session_id}/heartbeat': { id: session, payload: {} },
      '/sessions/{session_id}/process-ended': { id: session, payload: { witness: 'w' } },
      '/sessions/{session_id}/mark-failed': { id: session, payload: { reason: 'r' } },
      '/sessions/{session_id}/mark-stalled': { id: session, payload: { reason: 'r' } },
      '/sessions/{session_id}/prepare-recovery': { id: ended, payload: {} },
      '/sessions/{session_id}/recover': { id: ended, payload: {} },
      '/sessions/{session_id}/archive': { id: ended, payload: {} },
      '/api/views': { payload: { screen: 'usage', name: 'Mine', search: 'group=model' } },
      '/tasks': { payload: { session_id: await session(), task_name: 't' } },
      '/tasks/{task_id}/start': { id: task, payload: {} },
      '/tasks/{task_id}/complete': { id: task, payload: {} },
      '/tasks/{task_id}/fail': { id: task, payload: { error_message: 'e' } },
      '/tasks/{task_id}/block': { id: task, payload: {} },
      '/machines': { payload: { machine_id: 'n', hostname: 'n' } },
      '/machines/{machine_id}/heartbeat': { payload: {} },
      '/machines/{machine_id}/collector': {
        payload: { heartbeat_interval_ms: 15_000, version: '1', started_at: '2026-10-06T08:00:00.000Z', state: 'idle', sessions: [] },
      },
      '/machines/{machine_id}/assign-session': { payload: { session_id: placed } },
      '/machines/{machine_id}/fail-sessions': { payload: { reason: 'lost', dry_run: true } },
      '/machines/{machine_id}/rename': { id: machine, payload: { machine_id: 'renamed' } },
      '/machines/{machine_id}/merge': { id: machine, payload: { into: 'box', confirm: true } },
      '/machines/{machine_id}/release-session': { payload: { session_id: placed } },
      '/api/usage/folders': {
        payload: {
          machine_id: 'm',
          folders: [{ folder: '/home/u/shop/src', project: 'github.com/acme/shop', root: '/home/u/shop', seen: 'git' }],
        },
      },
      '/v1/logs': { payload: { resourceLogs: [] } },
      '/v1/metrics': { payload: { resourceMetrics: [] } },
    }
    const { paths } = hub.app.swagger() as { paths: Record<string, { post?: { security?: unknown[] } }> }
    /** They change nothing, set what they name, or change what is in memory alone, which has an id of its own. */
    const others =
      /^\/api\/(?:log|assistant\/|tools\/|desktop-notices|questions|alerts\/|alert-rules\/|channels\/|push\/|budgets\/leases$|budgets\/[^/]+\/links$)|^\/mcp$/
    const posts = Object.entries(paths).flatMap(([path, { post }]) => (post !== undefined && post.security?.length !== 0 ? [path] : []))
    const stored = posts.filter((url) => !others.test(url)).sort()
    expect(stored).toEqual(
      Object.keys(bodies)
        .filter((url) => !others.test(url))
        .sort(),
    )
    for (const path of stored) {
      const { id, payload } = bodies[path]!
      const url = path.replace(/\{\w+\}/, (await id?.()) ?? 'box')
      const ask = () => hub.ask('POST', url, { payload, headers: { 'idempotency-key': `for ${path}` } })
      const first = await ask()
      expect(first.statusCode, `${path} ${first.body}`).toBeLessThan(300)
      hub.clock.pass(1000)
      const again = await ask()
      expect([again.headers['idempotent-replayed'], again.statusCode], path).toEqual(['true', first.statusCode])
      // The secret of a key and the code of an invite are shown once; timestamps are those of each request.
      const { key: _, code: _c, command: _m, timestamp: _t, active_sessions: _a, revision: _r, last_heartbeat: _l, ...rest } = first.json()
      expect(again.json(), path).toMatchObject(rest)
    }
  })
})
