import { beforeEach, describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { fleetOf } from '../../test/fleet.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'

const [mine, theirs] = ['5f9b2c1e-0d3a-4b7e-9a51-1c2d3e4f5a6b', '6a0c3d2f-1e4b-4c8f-8b62-2d3e4f5a6b7c']
let hub: TestHub

beforeEach(async () => {
  hub = await openHub()
  for (const [session_id, machine_id, project_id] of [
    [mine, 'box-1', 'web'],
    [theirs, 'box-2', 'api'],
  ]) {
    await hub.ask('POST', '/sessions', { payload: { session_id, machine_id, project_id } })
  }
})

async function bind(to: { machine_id?: string; project_id?: string }, scopes = ['read', 'write', 'ingest']) {
  const payload = { name: 'bound', scopes, ...to }
  const { key } = (await hub.ask('POST', '/api/keys', { payload })).json() as { key: string }
  return async (method: string, url: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await hub.inject({
      method: method as 'POST',
      url,
      headers: { 'x-api-key': key, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    })
    return answer.statusCode
  }
}

const observation = (session_id: string, more: object = {}) => ({
  observation_id: `o ${session_id}`,
  session_id,
  source: 'process-file',
  at: '2026-10-06T09:12:00.000Z',
  alive: true,
  ...more,
})

describe('a key that is bound to a machine', () => {
  it('sends and changes what is about that machine, and nothing else', async () => {
    const ask = await bind({ machine_id: 'box-1' })
    const snapshot = someSnapshot(hub.clock.now())
    for (const [own, other] of [
      [
        ['POST', `/sessions/${mine}/heartbeat`],
        ['POST', `/sessions/${theirs}/heartbeat`],
      ],
      [
        ['POST', '/machines/box-1/heartbeat'],
        ['POST', '/machines/box-2/heartbeat'],
      ],
      [
        ['PATCH', `/sessions/${mine}`, { activity: 'working' }],
        ['PATCH', `/sessions/${theirs}`, { activity: 'working' }],
      ],
      [
        ['POST', '/tasks', { session_id: mine, task_name: 'x' }],
        ['POST', '/tasks', { session_id: theirs, task_name: 'x' }],
      ],
      [
        ['POST', '/api/usage/calls', { machine_id: 'box-1', calls: [someCall()] }],
        ['POST', '/api/usage/calls', { machine_id: 'box-2', calls: [someCall()] }],
      ],
      [
        ['POST', '/api/claude/console-usage', { ...snapshot, machine_id: 'box-1' }],
        ['POST', '/api/claude/console-usage', { ...snapshot, machine_id: 'box-2' }],
      ],
      [
        ['POST', '/sessions/observations', { machine_id: 'box-1', observations: [observation(mine)] }],
        ['POST', '/sessions/observations', { machine_id: 'box-2', observations: [observation(theirs)] }],
      ],
      [
        ['POST', '/sessions', { machine_id: 'box-1', project_id: 'p' }],
        ['POST', '/sessions', { machine_id: 'box-2', project_id: 'p' }],
      ],
    ] as [Parameters<typeof ask>, Parameters<typeof ask>][]) {
      const [ofOwn, ofOther] = [await ask(...own), await ask(...other)]
      expect([own[1], Math.floor(ofOwn / 100), ofOther]).toEqual([own[1], 2, 403])
    }
    // It cannot put its session on another machine, nor leave out which machine it is about.
    expect(await ask('POST', '/machines/box-2/assign-session', { session_id: mine })).toBe(403)
    const { machine_id: _, ...nameless } = snapshot
    expect(await ask('POST', '/api/claude/console-usage', nameless)).toBe(403)
    expect(await ask('POST', '/v1/logs', { resourceLogs: [] })).toBe(403)
    expect(await ask('POST', '/v1/logs', { resourceLogs: [] }, { 'x-signalbox-machine': 'box-1' })).toBe(200)
    // Reading is not bound.
    expect(await ask('GET', `/sessions/${theirs}`)).toBe(200)
  })

  it('gives nothing of its machine to another one: neither a session by recovery, nor itself by a merge', async () => {
    const ask = await bind({ machine_id: 'box-1' }, ['write', 'admin'])
    expect(await ask('POST', `/sessions/${mine}/mark-failed`, { reason: 'x' })).toBe(200)
    for (const new_machine_id of ['box-2', 'box-3']) {
      expect(await ask('POST', `/sessions/${mine}/recover`, { new_machine_id })).toBe(403)
    }
    expect(await ask('POST', '/machines/box-1/merge', { into: 'box-2', dry_run: true })).toBe(403)
    expect(await ask('POST', '/machines/box-1/merge', { into: 'box-2', confirm: true })).toBe(403)
    expect((await hub.ask('GET', '/machines/box-3')).statusCode).toBe(404)
    expect(await ask('POST', `/sessions/${mine}/recover`, { new_machine_id: 'box-1' })).toBe(200)
    expect((await hub.ask('GET', `/sessions/${mine}`)).json()).toMatchObject({ machine_id: 'box-1', status: 'active' })
  })

  it('reports no session of another machine as its own', async () => {
    const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'b', scopes: ['ingest'], machine_id: 'box-1' } })).json()
    const answer = await hub.inject({
      method: 'POST',
      url: '/sessions/observations',
      headers: { 'x-api-key': key },
      payload: {
        machine_id: 'box-1',
        observations: [observation(mine), observation(theirs, { end: { outcome: 'completed', reason: 'exited' } })],
      },
    })
    expect(answer.json()).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] })
    expect((await hub.ask('GET', `/sessions/${theirs}`)).json()).toMatchObject({ status: 'active', machine_id: 'box-2' })
  })

  it('reports a session that ended elsewhere, or is not seen there any more, when a person goes on with it here', async () => {
    const send = async (machine_id: string, more: object) => {
      const headers = { 'x-api-key': keys[machine_id]! }
      const at = new Date(hub.clock.now()).toISOString()
      const payload = { machine_id, observations: [{ ...observation(moving), observation_id: at, at, ...more }] }
      hub.clock.pass(1000)
      return (await hub.inject({ method: 'POST', url: '/sessions/observations', headers, payload })).json().accepted
    }
    const keys: Record<string, string> = {}
    for (const machine_id of ['box-1', 'box-2']) {
      const made = await hub.ask('POST', '/api/keys', { payload: { name: machine_id, scopes: ['ingest'], machine_id } })
      keys[machine_id] = made.json().key
    }
    const moving = '7b1d4e30-2f5c-4d90-9c73-3e4f5a6b7c8d'
    const place = async () => (await hub.ask('GET', `/sessions/${moving}`)).json()
    expect(await send('box-1', { project_id: 'web' })).toBe(1)
    // While it is alive there, no other machine takes it.
    expect(await send('box-2', {})).toBe(0)
    expect(await place()).toMatchObject({ machine_id: 'box-1', status: 'active' })
    expect(await send('box-1', { end: { outcome: 'completed', reason: 'exited' } })).toBe(1)
    expect(await send('box-2', {})).toBe(1)
    expect(await place()).toMatchObject({ machine_id: 'box-2', status: 'active' })
    // What a client has made stays where the client has put it.
    await hub.ask('DELETE', `/sessions/${theirs}`)
    const late = { session_id: theirs, observation_id: 'late' }
    expect(await send('box-1', late)).toBe(0)
    await fleetOf(hub).passTime(60_000)
    expect(await send('box-1', {})).toBe(1)
    expect(await place()).toMatchObject({ machine_id: 'box-1', status: 'active' })
  })

  it('asks the collector of its own machine for a snapshot, and no other', async () => {
    const machines = ['box-1', 'box-2']
    const polls = machines.map((machine_id) =>
      hub.ask('POST', '/api/claude/console-usage/collector', {
        payload: { machine_id, waitMs: 20_000, collector: { state: 'ok', consecutiveFailures: 0 } },
      }),
    )
    for (const [own, other] of [machines, machines.toReversed()] as [string, string][]) {
      const ask = await bind({ machine_id: own })
      // The long poll is on its way.
      await expect.poll(() => ask('POST', '/api/claude/console-usage/trigger')).toBe(202)
      expect(await ask('POST', `/api/claude/console-usage/trigger?machine_id=${other}`)).toBe(403)
      const { trigger } = (await polls[machines.indexOf(own)]!).json()
      expect(trigger).toEqual({ id: expect.any(String) })
    }
  })

  it('is bound on the short path of heartbeats too', async () => {
    const quiet = await openHub({ env: { LOG_LEVEL: 'warn' } })
    for (const machine_id of ['box-1', 'box-2']) await quiet.ask('POST', '/machines', { payload: { machine_id, hostname: machine_id } })
    const { key } = (await quiet.ask('POST', '/api/keys', { payload: { name: 'b', scopes: ['write'], machine_id: 'box-1' } })).json()
    const url = await quiet.app.listen({ port: 0, host: '127.0.0.1' })
    const send = async (id: string) =>
      (await fetch(`${url}/machines/${id}/heartbeat`, { method: 'POST', headers: { 'x-api-key': key } })).status
    expect([await send('box-1'), await send('box-2')]).toEqual([200, 403])
  })
})

it('a key that is bound to a project sends and changes what is about that project, and nothing else', async () => {
  const ask = await bind({ project_id: 'web' })
  expect(await ask('POST', `/sessions/${mine}/heartbeat`)).toBe(200)
  expect(await ask('POST', `/sessions/${theirs}/heartbeat`)).toBe(403)
  expect(await ask('POST', '/sessions', { machine_id: 'box-9', project_id: 'web' })).toBe(201)
  expect(await ask('POST', '/sessions', { machine_id: 'box-9', project_id: 'api' })).toBe(403)
  const calls = (...cwds: string[]) => ({ machine_id: 'a', calls: cwds.map((cwd) => someCall({ cwd })) })
  expect(await ask('POST', '/api/usage/calls', calls('/home/dev/web'))).toBe(200)
  expect(await ask('POST', '/api/usage/calls', calls('/home/dev/web', '/home/dev/api'))).toBe(403)
  const observe = (session_id: string, more?: object) =>
    ask('POST', '/sessions/observations', { machine_id: 'box-1', observations: [observation(session_id, more)] })
  expect([await observe(mine, { project_id: 'web' }), await observe(mine, { project_id: 'api' })]).toEqual([200, 403])
  expect(await ask('POST', '/api/claude/console-usage', someSnapshot(hub.clock.now()))).toBe(403)
  expect(await ask('POST', '/machines/box-1/heartbeat')).toBe(403)
})

it('a bound key makes no keys and cleans up nothing: that is about no machine', async () => {
  const { key } = (await hub.ask('POST', '/api/keys', { payload: { name: 'b', scopes: ['admin'], machine_id: 'box-1' } })).json()
  for (const [url, payload] of [
    ['/api/keys', { name: 'x', scopes: ['admin'] }],
    ['/api/invites', {}],
    ['/sessions/cleanup', { older_than_days: 7, statuses: ['completed'] }],
  ] as const) {
    const answer = await hub.inject({ method: 'POST', url, payload, headers: { 'x-api-key': key } })
    expect([url, answer.statusCode]).toEqual([url, 403])
  }
})
