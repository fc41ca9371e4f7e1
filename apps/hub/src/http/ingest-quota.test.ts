import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'
import { someSnapshot } from '../../test/snapshot.ts'

const HOUR = 3_600_000

/** A caller with a key of its own. */
async function keyFor(hub: TestHub, scopes: readonly string[], name = 'laptop') {
  const created = (await hub.ask('POST', '/api/keys', { payload: { name, scopes } })).json() as { key: string; key_id: string }
  const send = (url: string, payload: object) => hub.inject({ method: 'POST', url, payload, headers: { 'x-api-key': created.key } })
  return { ...created, send }
}

const calls = (count: number, change: { machine_id?: string; cwd?: string } = {}) => ({
  machine_id: change.machine_id ?? 'laptop',
  calls: Array.from({ length: count }, () => someCall(change.cwd === undefined ? {} : { cwd: change.cwd })),
})
const session = (machine_id: string) => ({ machine_id, project_id: 'p' })
const observed = (n: number, machine_id = 'laptop') => ({
  machine_id,
  observations: [
    {
      observation_id: `o ${n}`,
      session_id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      source: 'process-file',
      at: '2026-10-06T09:12:00.000Z',
      alive: true,
    },
  ],
})
const collectorHeartbeat = {
  heartbeat_interval_ms: 15_000,
  version: '1',
  started_at: '2026-10-06T09:00:00.000Z',
  state: 'idle',
  sessions: [],
}
const poll = { collector: { state: 'ok', consecutiveFailures: 0 }, waitMs: 0 }
const waitOf = (answer: LightMyRequestResponse) => Number(answer.headers['retry-after'])

describe('what a key may bring in a day', () => {
  it('is refused beyond its rows, with the time after which the same request is accepted', async () => {
    const hub = await openHub({ env: { INGEST_ROWS_PER_DAY: '5000' } })
    const { send } = await keyFor(hub, ['ingest'])
    const other = await keyFor(hub, ['ingest'], 'desk')
    expect((await send('/api/usage/calls', calls(4_900))).statusCode).toBe(200)
    const refused = await send('/api/usage/calls', calls(200))
    expect(refused.statusCode).toBe(429)
    expect(refused.json()).toMatchObject({
      errorCode: 'RATE_LIMITED',
      details: { quota: 'rows', limit: 5_000, setting: 'INGEST_ROWS_PER_DAY' },
    })
    expect(refused.body).toContain('raise INGEST_ROWS_PER_DAY')
    // 100 of 5,000 rows lack: 1,728 s of a day.
    expect(waitOf(refused)).toBe(1_728)
    // Nothing of it was stored, and another key goes on.
    expect((await hub.ask('GET', '/api/usage?since=2026-10-06&until=2026-10-06')).json()).toMatchObject({ totals: { calls: 4_900 } })
    expect((await other.send('/api/usage/calls', calls(200))).statusCode).toBe(200)
    hub.clock.pass(waitOf(refused) * 1000)
    expect((await send('/api/usage/calls', calls(200))).statusCode).toBe(200)
  })

  it('counts snapshots by themselves, and bytes', async () => {
    const hub = await openHub({ env: { SNAPSHOTS_PER_DAY: '10', INGEST_MB_PER_DAY: '8' } })
    const { send } = await keyFor(hub, ['ingest'])
    for (let n = 0; n < 10; n++) {
      expect((await send('/api/claude/console-usage', someSnapshot(hub.clock.now() - n * 1000))).statusCode).toBe(200)
    }
    const refused = await send('/api/claude/console-usage', someSnapshot(hub.clock.now()))
    expect([refused.statusCode, waitOf(refused)]).toEqual([429, 8_640])
    expect((await hub.ask('GET', '/api/health')).json()).toMatchObject({ versionCount: 10 })
    let bytes = 0
    let answer: LightMyRequestResponse
    do {
      const payload = calls(4_000)
      bytes += JSON.stringify(payload).length
      answer = await send('/api/usage/calls', payload)
    } while (answer.statusCode === 200)
    expect(answer.json()).toMatchObject({ details: { quota: 'bytes', limit: 8_000_000 } })
    expect(bytes).toBeGreaterThan(7_900_000)
  })

  it('counts machines, sessions, collectors, accounts and projects that are new, wherever they can be named', async () => {
    const hub = await openHub({ env: { NEW_NAMES_PER_DAY: '10' } })
    const ways: [string | ((n: number) => string), (n: number) => object][] = [
      [(n) => `/machines/c${n}/collector`, () => collectorHeartbeat],
      ['/api/claude/console-usage/collector', (n) => ({ ...poll, machine_id: `m ${n}` })],
      ['/sessions', (n) => session(`m ${n}`)],
      ['/machines', (n) => ({ machine_id: `m ${n}`, hostname: 'h' })],
      ['/sessions/observations', (n) => observed(n)],
      ['/api/claude/console-usage', (n) => someSnapshot(hub.clock.now(), { account: `a ${n}` })],
      ['/api/claude/console-usage', (n) => someSnapshot(hub.clock.now(), { machine_id: `m ${n}` })],
      ['/api/usage/calls', (n) => calls(1, { machine_id: `m ${n}` })],
      ['/api/usage/calls', (n) => calls(1, { cwd: `/p/${n}` })],
    ]
    for (const [index, [url, payload]] of ways.entries()) {
      const { send } = await keyFor(hub, ['ingest', 'write'], `key ${index}`)
      const statuses: number[] = []
      for (let n = 100 * index; n < 100 * index + 11; n++) {
        statuses.push((await send(typeof url === 'string' ? url : url(n), payload(n))).statusCode)
      }
      expect(statuses[0], `way ${index}`).toBeLessThan(300)
      expect(statuses.at(-1), `way ${index}`).toBe(429)
      // A request that is about two new things counts twice.
      expect(new Set(statuses.filter((status) => status !== 429)).size, `way ${index}`).toBe(1)
    }
  })

  it('keeps nothing out that the hub has already', async () => {
    const hub = await openHub({ env: { NEW_NAMES_PER_DAY: '10' } })
    await hub.ask('POST', '/machines', { payload: { machine_id: 'old', hostname: 'h' } })
    await hub.ask('POST', '/sessions/observations', { payload: observed(1, 'old') })
    await hub.ask('POST', '/api/claude/console-usage', { payload: someSnapshot(hub.clock.now(), { machine_id: 'old', account: 'anna' }) })
    const { send } = await keyFor(hub, ['ingest', 'write'])
    for (let n = 0; n < 10; n++) expect((await send('/machines', { machine_id: `m ${n}`, hostname: 'h' })).statusCode).toBe(201)
    expect((await send('/machines', { machine_id: 'm 10', hostname: 'h' })).statusCode).toBe(429)
    expect((await send('/machines/m%203/heartbeat', {})).statusCode).toBe(200)
    expect((await send('/sessions/observations', observed(1, 'old'))).statusCode).toBe(200)
    const known = someSnapshot(hub.clock.now(), { machine_id: 'old', account: 'anna' })
    expect((await send('/api/claude/console-usage', known)).statusCode).toBe(200)
    expect((await send('/sessions/observations', observed(2, 'old'))).statusCode).toBe(429)
    hub.clock.pass(3 * HOUR)
    expect((await send('/sessions/observations', observed(2, 'old'))).statusCode).toBe(200)
  })

  it('is shown with the keys, and to the caller', async () => {
    const hub = await openHub()
    const { key, key_id, send } = await keyFor(hub, ['ingest'])
    const body = calls(12)
    await send('/api/usage/calls', body)
    const quotas = {
      rows: { used: 12, limit: 5_000_000 },
      bytes: { used: JSON.stringify(body).length, limit: 4_000_000_000 },
      snapshots: { used: 0, limit: 20_000 },
      names: { used: 2, limit: 20_000 },
    }
    expect((await hub.ask('GET', '/api/keys')).json()).toMatchObject([{ key_id, quotas }])
    expect((await hub.inject({ method: 'GET', url: '/api/whoami', headers: { 'x-api-key': key } })).json()).toMatchObject({ quotas })
    hub.clock.pass(48 * HOUR)
    expect((await hub.ask('GET', '/api/keys')).json()).toMatchObject([{ quotas: { rows: { used: 0 }, names: { used: 0 } } }])
  })
})
