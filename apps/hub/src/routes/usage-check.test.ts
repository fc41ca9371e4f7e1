import type { Call } from '@signalbox/contract/call'
import type { UsageReport } from '@signalbox/contract/usage'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { someLogs, someRecord } from '../../test/telemetry.ts'

const session = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
const tokens = { input: 10, output: 2_000, write_5m: 0, write_1h: 0, read: 0 }
const main = someCall({ ...tokens, key: 'msg_a', request_id: 'req_a', session_id: session, unfinished: false })
const subagent = someCall({
  ...tokens,
  output: 4,
  key: 'msg_b',
  request_id: 'req_b',
  session_id: session,
  unfinished: true,
  is_sidechain: true,
})
const record = someCall({
  ...tokens,
  key: `cost-state:${session}:claude-opus-5-5:1`,
  source: 'cost-state',
  session_id: session,
  input: 0,
  output: 11_996,
  unfinished: false,
  as_of: '2026-10-06T09:10:00.000Z',
})

async function check(hub: TestHub, id = session): Promise<SessionCheck> {
  const answer = await hub.ask('GET', `/api/usage/sessions/${id}/check`)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json() as SessionCheck
}

async function send(hub: TestHub, ...calls: Call[]): Promise<void> {
  const answer = await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'laptop', calls } })
  expect(answer.statusCode, answer.body).toBe(200)
}

it('puts rows, record and telemetry of a session side by side, and says why they differ', async () => {
  const hub = await openHub()
  await send(hub, main, subagent)
  expect(await check(hub)).toMatchObject({
    calls: 2,
    unfinished_calls: 1,
    open_calls: 1,
    rows: { input: 20, output: 2_004 },
    recorded: null,
    telemetry: null,
    counted: { output: 2_004 },
    reasons: [{ reason: 'unfinished', calls: 1 }, { reason: 'not_recorded' }],
  })
  await send(hub, record)
  expect(await check(hub)).toMatchObject({
    open_calls: 0,
    recorded: { input: 20, output: 14_000, cost_usd: 0.28008 },
    difference: { input: 0, output: 11_996 },
    counted: { output: 14_000, cost_usd: 0.28008 },
    reasons: [{ reason: 'unfinished', calls: 1 }],
    models: [{ model: 'claude-opus-5-5', rows: { output: 2_004 }, recorded: { output: 14_000 }, telemetry: null }],
  })
  const attributes = {
    model: 'claude-opus-5-5',
    input_tokens: 10,
    cache_read_tokens: 0,
    cache_creation_tokens: 0,
    speed: 'normal',
    query_source: 'sdk',
  }
  const events = ['req_b', 'req_title'].map((request_id, nth) =>
    someRecord(session, hub.clock.now() - 5_000, 'api_request', { ...attributes, request_id, output_tokens: nth === 0 ? 11_990 : 10 }),
  )
  const answer = await hub.ask('POST', '/v1/logs', { payload: someLogs(events), headers: { 'x-signalbox-machine': 'laptop' } })
  expect(answer.statusCode, answer.body).toBe(200)
  expect(await check(hub)).toMatchObject({
    calls: 2,
    rows: { input: 20, output: 2_004 },
    recorded: { output: 14_000 },
    telemetry: { input: 20, output: 12_000 },
    telemetry_calls: 2,
    telemetry_difference: { input: 0, output: 9_996 },
    counted: { input: 30, output: 14_000 },
    reasons: [{ reason: 'unfinished', calls: 1 }, { reason: 'background' }, { reason: 'not_in_telemetry', calls: 1 }],
  })
  expect(await check(hub, 'unknown')).toMatchObject({ calls: 0, rows: { cost_usd: 0 }, models: [], reasons: [{ reason: 'not_recorded' }] })
})

it('needs a key that may read', async () => {
  const hub = await openHub()
  const { statusCode } = await hub.inject({ method: 'GET', url: `/api/usage/sessions/${session}/check` })
  expect(statusCode).toBe(401)
})

it('a session whose record has what its calls lack is whole in reports, and its totals are', async () => {
  const hub = await openHub()
  const ask = async (query: string) => (await hub.ask('GET', `/api/usage?${query}`)).json() as UsageReport
  await send(hub, main, subagent, { ...record, unfinished: undefined } as unknown as Call)
  expect((await ask('group=session')).rows[0]).toMatchObject({ unfinished_calls: 1, output: 14_000 })
  expect((await ask('group=session')).rows[0]!.is_whole).toBeUndefined()
  await send(hub, { ...record, as_of: '2026-10-06T09:11:00.000Z' })
  expect(await ask('group=session')).toMatchObject({ rows: [{ is_whole: true }], totals: { is_whole: true } })
  expect((await ask(`group=model&session_id=${session}`)).totals.is_whole).toBe(true)
  expect((await ask('group=day')).totals.is_whole).toBeUndefined()
  expect((await ask('group=session&not_itemised=without')).rows[0]!.is_whole).toBeUndefined()
})
