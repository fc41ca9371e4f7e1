import type { Call } from '@signalbox/contract/call'
import { type UsageReport, usageReportSchema } from '@signalbox/contract/usage'
import { describe, expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'

const ids = ['d88bceb6-bb3a-4ae8-9405-d67d19950a46', '8ab54260-6692-4888-96a3-c08408c85fb4'] as const

async function hubWithCalls(): Promise<TestHub> {
  const hub = await openHub()
  await send(hub, 'rack-1', [
    someCall({ cwd: '/home/u/shop', git_branch: 'main', session_id: ids[0], model: 'claude-opus-5-5', output: 1 }),
    someCall({ cwd: '/home/u/shop', git_branch: 'feature/login', session_id: ids[0], model: 'claude-opus-5-5[1m]', output: 2 }),
  ])
  await send(hub, 'rack-2', [
    someCall({ cwd: '/srv/engine', git_branch: 'main', session_id: ids[1], model: 'claude-opus-4-5-20251101', output: 4 }),
    someCall({ cwd: '/srv/engine-old', git_branch: 'main', session_id: ids[1], model: 'claude-haiku-4-5', agent: 'codex', output: 8 }),
  ])
  return hub
}

async function send(hub: TestHub, machine_id: string, calls: Call[]): Promise<void> {
  expect((await hub.ask('POST', '/api/usage/calls', { payload: { machine_id, calls } })).statusCode).toBe(200)
}

async function ask(hub: TestHub, query: Record<string, string>): Promise<UsageReport> {
  const answer = await hub.ask('GET', `/api/usage?${new URLSearchParams(query)}`)
  expect(answer.statusCode, answer.body).toBe(200)
  return usageReportSchema.strict().parse(answer.json())
}

describe('a filter of GET /api/usage', () => {
  // The tokens of output show which calls are in a sum.
  it.each<[string, Record<string, string>, number, string[]]>([
    ['the end of a path', { project: 'shop' }, 3, ['/home/u/shop']],
    ['a path with ~', { project: '~/shop/' }, 3, ['/home/u/shop']],
    ['a whole name that others contain', { project: 'engine' }, 4, ['/srv/engine']],
    ['a part', { project: 'old' }, 8, ['/srv/engine-old']],
    ['a family', { model: 'opus' }, 7, ['claude-opus-4-5-20251101', 'claude-opus-5-5', 'claude-opus-5-5[1m]']],
    ['a short name', { model: 'opus-5-5' }, 3, ['claude-opus-5-5', 'claude-opus-5-5[1m]']],
    ['an id without its date', { model: 'claude-opus-4-5' }, 4, ['claude-opus-4-5-20251101']],
    ['eight characters', { session_id: '8ab54260' }, 12, [ids[1]]],
    ['the end of a branch', { branch: 'login' }, 2, ['feature/login']],
    ['a part of an agent', { agent: 'dex' }, 8, ['codex']],
    ['another spelling', { machine_id: 'Rack 2' }, 12, ['rack-2']],
  ])('may be %s: %j', async (_, query, output, names) => {
    const hub = await hubWithCalls()
    const [[field = '', asked = ''] = []] = Object.entries(query)
    const { totals, filters } = await ask(hub, query)
    expect(totals.output).toBe(output)
    expect(filters).toEqual({ [field]: { asked, names: expect.arrayContaining(names) } })
    expect(filters?.[field as 'project']?.names).toHaveLength(names.length)
  })

  it('that is a name is only this name, and the answer is as it was', async () => {
    const hub = await hubWithCalls()
    for (const [query, output] of [
      [{ model: 'claude-opus-5-5' }, 1],
      [{ project: '/srv/engine' }, 4],
      [{ branch: 'main' }, 13],
      [{ machine_id: 'rack-1' }, 3],
      [{ session_id: ids[0] }, 3],
      [{ agent: 'codex' }, 8],
      [{ agent: 'claude-code' }, 7],
      [{ agent: '' }, 7],
      [{ project: '' }, 0],
    ] as const) {
      const answer = await ask(hub, query)
      expect(answer.totals.output, JSON.stringify(query)).toBe(output)
      expect(answer.filters).toBeUndefined()
    }
  })

  it('that is no name, or could be several, selects no call and names the nearest', async () => {
    const hub = await hubWithCalls()
    const shop = await ask(hub, { project: '/home/u/shpo' })
    expect(shop).toMatchObject({ rows: [], totals: { calls: 0 }, filters: { project: { asked: '/home/u/shpo', names: [] } } })
    expect(shop.filters?.project?.nearest?.[0]).toBe('/home/u/shop')
    const rack = await ask(hub, { machine_id: 'rack', model: 'opus' })
    expect(rack).toMatchObject({ rows: [], filters: { machine_id: { names: [] } } })
    expect(rack.filters?.machine_id?.nearest?.toSorted()).toEqual(['rack-1', 'rack-2'])
    // The other filter is clear all the same.
    expect(rack.filters?.model?.names).toHaveLength(3)
    // The whole id of a session is never another one's beginning.
    expect((await ask(hub, { session_id: '00000000-0000-4000-8000-000000000000' })).filters).toBeUndefined()
  })

  it('finds names that came since, with blocks and with CSV too', async () => {
    const hub = await hubWithCalls()
    expect((await ask(hub, { project: 'cart' })).totals.calls).toBe(0)
    await send(hub, 'rack-1', [someCall({ cwd: '/home/u/cart', output: 16 })])
    expect((await ask(hub, { project: 'cart' })).totals.output).toBe(16)
    expect((await ask(hub, { project: 'cart', group: 'block' })).totals.output).toBe(16)
    const csv = await hub.ask('GET', '/api/usage?group=project&project=cart', { headers: { accept: 'text/csv' } })
    expect(csv.body.split('\r\n').slice(1)).toEqual([expect.stringMatching(/^\/home\/u\/cart,1,/), ''])
  })
})

it('a row of a session has the project of its first call and its first branch', async () => {
  const hub = await openHub()
  const call = (at: string, more: Partial<Call>) => someCall({ at: `2026-10-06T${at}:00.000Z`, session_id: ids[0], ...more })
  await send(hub, 'a', [
    call('09:20', { cwd: '/home/u/shop/src', git_branch: 'late' }),
    call('09:10', { cwd: '/home/u/shop', git_branch: 'fix' }),
    call('09:00', { cwd: '/home/u/shop', git_branch: 'HEAD' }),
  ])
  const { rows } = await ask(hub, { group: 'session' })
  expect(rows).toMatchObject([
    { session: ids[0], project: '/home/u/shop', branch: 'fix', calls: 3, last_call_at: '2026-10-06T09:20:00.000Z' },
  ])
})
