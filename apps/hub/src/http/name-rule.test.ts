import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'

const id = '5f9b2c1e-0d3a-4b7e-9a51-1c2d3e4f5a6b'
const now = '2026-10-06T09:12:00.000Z'
const heartbeat = { heartbeat_interval_ms: 15_000, version: '1', started_at: now, state: 'idle', sessions: [] }
const observed = (more: object) => ({
  machine_id: 'm',
  observations: [{ observation_id: 'o', session_id: id, source: 'process-file', at: now, alive: true, ...more }],
})

/** Every place in which a request may name something, with the longest name there. */
const places: readonly [string, string, number, (name: string) => readonly [string, object?]][] = [
  ...(
    [
      ['key', 400],
      ['model', 200],
      ['session_id', 200],
      ['cwd', 4096],
      ['git_branch', 1000],
      ['version', 200],
      ['agent_id', 200],
      ['speed', 50],
      ['service_tier', 50],
      ['inference_geo', 50],
    ] as const
  ).map(
    ([field, max]) =>
      [
        `the ${field} of a call`,
        'POST',
        max,
        (name: string) => ['/api/usage/calls', { machine_id: 'm', calls: [{ ...someCall(), [field]: name }] }],
      ] as (typeof places)[number],
  ),
  ['the machine of calls', 'POST', 200, (name) => ['/api/usage/calls', { machine_id: name, calls: [someCall()] }]],
  ['a key', 'POST', 200, (name) => ['/api/keys', { name, scopes: ['read'] }]],
  ['the machine of a key', 'POST', 200, (name) => ['/api/keys', { name: 'k', scopes: ['read'], machine_id: name }]],
  ['the project of a key', 'POST', 200, (name) => ['/api/keys', { name: 'k', scopes: ['read'], project_id: name }]],
  ['an invite', 'POST', 200, (name) => ['/api/invites', { name }]],
  ['a machine', 'POST', 200, (name) => ['/machines', { machine_id: name, hostname: 'h' }]],
  ['a host', 'POST', 255, (name) => ['/machines', { machine_id: 'm', hostname: name }]],
  ['a host that changes', 'PATCH', 255, (name) => ['/machines/m', { hostname: name }]],
  ['the machine of a collector', 'POST', 200, (name) => [`/machines/${encodeURIComponent(name)}/collector`, heartbeat]],
  ['the host of a collector', 'POST', 255, (name) => ['/machines/m/collector', { ...heartbeat, hostname: name }]],
  ['the version of a collector', 'POST', 50, (name) => ['/machines/m/collector', { ...heartbeat, version: name }]],
  ['a source', 'POST', 50, (name) => ['/machines/m/collector', { ...heartbeat, sources: [{ name, state: 'ok' }] }]],
  ['a machine that is renamed', 'POST', 200, (name) => ['/machines/m/rename', { machine_id: name, dry_run: true }]],
  ['the machine of a session', 'POST', 200, (name) => ['/sessions', { machine_id: name, project_id: 'p' }]],
  ['the project of a session', 'POST', 200, (name) => ['/sessions', { machine_id: 'm', project_id: name }]],
  ['an issue', 'POST', 200, (name) => ['/tasks', { session_id: id, task_name: 't', github_issue_id: name }]],
  ['the machine of observations', 'POST', 200, (name) => ['/sessions/observations', { ...observed({}), machine_id: name }]],
  ['the account of a snapshot', 'POST', 200, (name) => ['/api/claude/console-usage', someSnapshot(now, { account: name })]],
  ['the machine of a snapshot', 'POST', 200, (name) => ['/api/claude/console-usage', someSnapshot(now, { machine_id: name })]],
  ['an account', 'PATCH', 100, (name) => ['/api/claude/accounts/anna', { name }]],
]

const odd = {
  'a control character': 'a\u001b[8mb',
  'a line break': 'a\nb',
  'a line separator': 'a\u2028b',
  'a zero byte': 'a\0b',
  'a change of direction': 'a\u202eb',
  'a mark of direction': 'a\u200fb',
}

it('no name that comes in can command a terminal, forge a row or look like another one', async () => {
  const hub = await openHub()
  await hub.ask('POST', '/machines', { payload: { machine_id: 'm', hostname: 'h' } })
  await hub.ask('POST', '/sessions', { payload: { session_id: id, machine_id: 'm', project_id: 'p' } })
  await hub.ask('POST', '/api/claude/console-usage', { payload: someSnapshot(now, { account: 'anna' }) })
  const send = async (method: string, [url, payload]: readonly [string, object?]) =>
    (await hub.ask(method, url, payload === undefined ? {} : { payload })).statusCode
  const taken: string[] = []
  const refused: string[] = []
  for (const [what, method, max, request] of places) {
    for (const [kind, name] of Object.entries(odd)) {
      if ((await send(method, request(name))) !== 400) taken.push(`${what} with ${kind}`)
    }
    if ((await send(method, request('x'.repeat(max + 1)))) !== 400) taken.push(`${what} of ${max + 1} characters`)
    const whole = await send(method, request('é x'.padEnd(max, 'y')))
    // A conflict comes after the rule.
    if (whole === 400) refused.push(`${what} of ${max} characters: ${whole}`)
  }
  expect({ taken, refused }).toEqual({ taken: [], refused: [] })
})

it('an observation with such a name is rejected by itself', async () => {
  const hub = await openHub()
  for (const more of [
    { project_id: 'a\u202eb' },
    { fields: { name: 'a\u001bb' } },
    { fields: { model: 'a\u2066b' } },
    { event: { kind: 'tool', name: 'a\nb' } },
    { subagents: [{ agent_id: 'a', agent_type: 'b\u200f' }] },
  ]) {
    const { accepted, rejected } = (await hub.ask('POST', '/sessions/observations', { payload: observed(more) })).json()
    expect({ accepted, rejected: rejected.length }).toEqual({ accepted: 0, rejected: 1 })
  }
})

it('a machine that telemetry names in its header follows the rule', async () => {
  const hub = await openHub()
  const headers = { 'x-signalbox-machine': encodeURIComponent('a\u202eb') }
  expect((await hub.ask('POST', '/v1/logs', { payload: { resourceLogs: [] }, headers })).statusCode).toBe(400)
})
