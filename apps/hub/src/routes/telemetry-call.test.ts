import { randomUUID } from 'node:crypto'
import type { UsageReport } from '@signalbox/contract/usage'
import { expect, it } from 'vitest'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { type Attributes, someLogs, someRecord } from '../../test/telemetry.ts'

const laptop = { 'x-signalbox-machine': 'laptop' }
const session = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
/** What Claude Code 2.1.332 sends of a request. */
const request = {
  model: 'claude-opus-5-5',
  input_tokens: 11,
  output_tokens: 40,
  cache_read_tokens: 3_000,
  cache_creation_tokens: 250,
  cache_creation_5m_tokens: 120,
  cache_creation_1h_tokens: 130,
  cost_usd: 0.003084,
  duration_ms: 33,
  request_id: 'req_1',
  speed: 'normal',
  query_source: 'sdk',
}
const sums = { calls: 1, input: 11, output: 40, write_5m: 120, write_1h: 130, read: 3_000, cost_usd: 0.003084, unfinished_calls: 0 }

async function open() {
  const hub = await openHub()
  const record = (name: string, attributes: Attributes, seconds = -10, id = session) =>
    someRecord(id, hub.clock.now() + seconds * 1000, name, attributes)
  return {
    hub,
    record,
    async send(records: readonly object[], headers: Record<string, string> = laptop) {
      const answer = await hub.ask('POST', '/v1/logs', { payload: someLogs(records), headers })
      expect(answer.statusCode, answer.body).toBe(200)
      return answer.json() as object
    },
  }
}

async function totals(hub: TestHub, query = '') {
  const { totals } = (await hub.ask('GET', `/api/usage?group=day${query}`)).json() as UsageReport
  const { calls, input, output, write_5m, write_1h, read, cost_usd, unfinished_calls } = totals
  return { calls, input, output, write_5m, write_1h, read, cost_usd, unfinished_calls }
}

it('a request is a call of its session and machine, once, however often it is sent', async () => {
  const { hub, record, send } = await open()
  const records = [record('api_request', request), record('api_request', { ...request, request_id: 'req_2' }, -5)]
  expect(await send(records)).toEqual({})
  const both = { ...sums, calls: 2, input: 22, output: 80, write_5m: 240, write_1h: 260, read: 6_000, cost_usd: 0.006168 }
  expect(await totals(hub)).toEqual(both)
  await send([...records, ...records].reverse())
  await send([records[1]!])
  expect(await totals(hub)).toEqual(both)
  expect(await totals(hub, `&session_id=${session}&machine_id=laptop&model=claude-opus-5-5`)).toEqual(both)
})

it('figures may be texts, and only the sum of cache writes, as early versions send them', async () => {
  const { hub, record, send } = await open()
  const { cache_creation_5m_tokens: _, cache_creation_1h_tokens: __, ...rest } = request
  const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
  await send([record('api_request', texts)])
  expect(await totals(hub)).toEqual(sums)
})

it('a refusal before any output costs nothing, whichever of its two events comes first', async () => {
  for (const order of [0, 1]) {
    const { hub, record, send } = await open()
    const events = [
      record('api_refusal', { ...request, model: 'claude-opus-5-5[1m]' }),
      record('api_request', { ...request, output_tokens: 0 }),
    ]
    await send([events[order]!])
    await send([events[1 - order]!])
    expect(await totals(hub)).toEqual({ ...sums, output: 0, cost_usd: 0 })
  }
})

it('a refusal in the midst of the output, and one after which another model answers, cost what they cost', async () => {
  const { hub, record, send } = await open()
  await send([record('api_refusal', request), record('api_request', request)])
  await send([record('api_refusal', { ...request, request_id: 'req_2', server_fallback_hop: true })])
  expect(await totals(hub)).toEqual(sums)
})

it('requests that failed, and ids that are none of a call, make no call', async () => {
  const { hub, record, send } = await open()
  const ids = [undefined, '', '7', 'chatcmpl-1']
  await send([
    record('api_error', { ...request, status_code: 529, attempt: 3 }),
    ...ids.map((request_id) => record('api_request', { ...request, request_id })),
  ])
  expect((await totals(hub)).calls).toBe(0)
})

it('figures that are none are refused by themselves, or counted as 0 and marked', async () => {
  const { hub, record, send } = await open()
  const result = await send([
    record('api_request', { ...request, output_tokens: 1e12 }),
    record('api_request', { ...request, request_id: 'req_2' }, 500 * 86_400),
    record('api_request', { ...request, request_id: 'req_3', input_tokens: 'many' }),
  ])
  expect(result).toEqual({ partialSuccess: { rejectedLogRecords: 2, errorMessage: 'the figures of a request are not valid' } })
  expect(await totals(hub)).toMatchObject({ calls: 1, input: 0, output: 40 })
})

it('a key that is bound to another machine or project stores no call', async () => {
  const { hub, record, send } = await open()
  await hub.ask('POST', '/sessions/observations', {
    payload: {
      machine_id: 'laptop',
      observations: [
        {
          observation_id: 'o',
          session_id: session,
          source: 'hook',
          at: new Date(hub.clock.now()).toISOString(),
          alive: true,
          project_id: 'shop',
        },
      ],
    },
  })
  const keyOf = async (binding: object) => {
    const answer = await hub.ask('POST', '/api/keys', { payload: { name: randomUUID(), scopes: ['ingest'], ...binding } })
    return { authorization: `Bearer ${(answer.json() as { key: string }).key}` }
  }
  const payload = someLogs([record('api_request', request)])
  const post = async (binding: object, machine = 'laptop') => {
    const headers = { ...(await keyOf(binding)), 'x-signalbox-machine': machine }
    const answer = await hub.inject({ method: 'POST', url: '/v1/logs', payload, headers })
    return [answer.statusCode, 'partialSuccess' in (answer.json() as object)]
  }
  expect(await post({ machine_id: 'desktop' })).toEqual([403, false])
  expect(await post({ machine_id: 'desktop' }, 'desktop')).toEqual([200, true])
  expect(await post({ project_id: 'other' })).toEqual([200, true])
  expect((await totals(hub)).calls).toBe(0)
  expect(await post({ machine_id: 'laptop' })).toEqual([200, false])
  expect((await totals(hub)).calls).toBe(1)
  await send([record('api_request', request)])
})

it('calls of a machine whose data was deleted stay away, and newer ones are stored', async () => {
  const { hub, record, send } = await open()
  await send([record('api_request', request)])
  await hub.store.usage.deleteCalls({ machine: 'laptop' }, { now: hub.clock.now() })
  await send([record('api_request', request), record('api_request', { ...request, request_id: 'req_2' }, 5)])
  expect((await totals(hub)).calls).toBe(1)
})
