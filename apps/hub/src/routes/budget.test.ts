import type { Budget, BudgetLeases } from '@signalbox/contract/budget'
import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub, type TestHub } from '../../test/open-hub.ts'

const shop = { name: 'Shop', kind: 'day', amount_usd: 10, filter: { project_id: ['shop'] } }

async function open() {
  const hub = await openHub()
  await hub.app.alerts.prepare()
  const ok = async <T>(method: string, url: string, payload?: object): Promise<T> => {
    const answer = await hub.ask(method, url, payload === undefined ? {} : { payload })
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return (answer.body === '' ? undefined : answer.json()) as T
  }
  const made = await ok<Budget>('POST', '/api/budgets', shop)
  const at = `/api/budgets/${made.budget_id}`
  return {
    hub,
    ok,
    made,
    at,
    read: () => ok<Budget>('GET', at),
    leases: async (machine_id: string, more: object = {}) =>
      (
        await ok<BudgetLeases>('POST', '/api/budgets/leases', {
          machine_id,
          active: [{ budget_id: made.budget_id, call_usd: 0.1 }],
          ...more,
        })
      ).leases,
    spend: (usd: number, machine_id = 'laptop', cwd = '/home/dev/shop') => spend(hub, usd, machine_id, cwd),
  }
}

let keys = 0
/** Output of Opus 4.8 costs $25 a million tokens. */
async function spend({ ask, clock }: TestHub, usd: number, machine_id: string, cwd: string): Promise<void> {
  const call = someCall({
    key: `msg_${++keys}`,
    at: new Date(clock.now()).toISOString(),
    model: 'claude-opus-4-8',
    cwd,
    input: 0,
    output: Math.round(usd * 40_000),
    write_5m: 0,
    write_1h: 0,
    read: 0,
  })
  expect((await ask('POST', '/api/usage/calls', { payload: { machine_id, calls: [call] } })).statusCode).toBe(200)
}

it('says what is used of a budget, and opens an alert rule for its soft line', async () => {
  const { spend, read, ok, made, at } = await open()
  expect(made).toMatchObject({ name: 'Shop', state: 'open', line: 10, used: 0, soft_percent: 80, held: [], raises: [] })
  await spend(3)
  await spend(50, 'laptop', '/home/dev/other')
  expect(await read()).toMatchObject({ state: 'open', used: 3 })
  await spend(5.5)
  expect(await read()).toMatchObject({ state: 'soft' })
  await spend(2)
  expect(await read()).toMatchObject({ state: 'spent', used: 10.5 })
  const rule = `/api/alert-rules/r_${made.budget_id}`
  expect(await ok('GET', rule)).toMatchObject({ kind: 'budget', parameters: { amount_usd: 10, period: 'day', at: [80] } })
  await ok('PUT', at, { amount_usd: 20, soft_percent: 50 })
  expect(await ok('GET', rule)).toMatchObject({ parameters: { amount_usd: 20, at: [50] } })
  expect(await read()).toMatchObject({ state: 'soft', line: 20 })
  await ok('PUT', at, { enabled: false })
  expect(await read()).toMatchObject({ state: 'off' })
  await ok('DELETE', at)
  await expect(ok('GET', rule)).rejects.toThrow('404')
  expect(await ok('GET', '/api/budgets')).toEqual([])
})

it('gives machines what is left, in shares that add up, and nothing of a budget that holds nothing', async () => {
  const { spend, leases, ok, at, hub } = await open()
  await spend(4)
  expect(await leases('laptop')).toMatchObject([{ granted_usd: 6, is_spent: false, line: 10, used: 4 }])
  expect(await leases('box')).toMatchObject([{ granted_usd: 0, is_spent: false }])
  expect(await leases('laptop')).toMatchObject([{ granted_usd: 3 }])
  expect(await leases('box')).toMatchObject([{ granted_usd: 3 }])
  // The next day is another period.
  hub.clock.pass(86_400_000)
  expect(await leases('laptop')).toMatchObject([{ granted_usd: 10, used: 0 }])
  await ok('PUT', at, { enabled: false })
  expect(await leases('laptop')).toEqual([])
})

it('says nothing where nothing is known: models without a price, and windows without a fresh snapshot', async () => {
  const { ok, hub, leases } = await open()
  await ok('POST', '/api/budgets', { name: 'Weekly', kind: 'seven_day', percent: 90 })
  const call = someCall({ key: 'msg_none', at: new Date(hub.clock.now()).toISOString(), model: 'unknown-1', cwd: '/home/dev/shop' })
  await ok('POST', '/api/usage/calls', { machine_id: 'laptop', calls: [call] })
  expect(await ok<Budget[]>('GET', '/api/budgets')).toMatchObject([{ state: 'unknown' }, { name: 'Weekly', state: 'unknown' }])
  expect(await leases('laptop')).toEqual([])
})

it('goes on by an amount in this period, and the audit log says who raised it', async () => {
  const { spend, read, ok, at, hub, leases } = await open()
  await spend(12)
  expect(await leases('laptop')).toMatchObject([{ granted_usd: 0, is_spent: true }])
  expect(await ok('POST', `${at}/go-on`, { amount: 5 })).toMatchObject({ state: 'soft', line: 15, raises: [{ amount: 5, via: 'key' }] })
  expect(await leases('laptop')).toMatchObject([{ granted_usd: 3, is_spent: false }])
  expect(await ok('GET', '/api/audit?action=budget.raised')).toMatchObject([{ details: { amount: 5, via: 'key' } }])
  hub.clock.pass(86_400_000)
  expect(await read()).toMatchObject({ line: 10, raises: [], state: 'open' })
})

it('a link raises the line once, and not after another raise', async () => {
  const { spend, read, ok, at, hub } = await open()
  await spend(12)
  const link = async () => new URL((await ok<{ url: string }>('POST', `${at}/links`, { amount: 4 })).url, 'http://hub').pathname
  const press = (url: string) =>
    hub.inject({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'action=go-on' })
  const [first, second] = [await link(), await link()]
  const page = await hub.inject({ url: first })
  expect(page.body).toContain('raises the line of this period to $14.00')
  // Following it changes nothing.
  expect((await read()).line).toBe(10)
  expect((await Promise.all([press(first), press(first)])).map(({ statusCode }) => statusCode).sort()).toEqual([200, 410])
  expect((await press(second)).statusCode).toBe(410)
  expect((await read()).line).toBe(14)
  expect(await ok('GET', '/api/audit?action=budget.raised')).toMatchObject([{ details: { amount: 4, via: 'link' } }])
})

it('shows the sessions that collectors hold, until they do no more', async () => {
  const { leases, read, made, hub } = await open()
  const session_id = '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21'
  await leases('laptop', { held: [{ budget_id: made.budget_id, session_id, held_at: hub.clock.now() }] })
  expect((await read()).held).toMatchObject([{ session_id, machine_id: 'laptop' }])
  await leases('laptop')
  expect((await read()).held).toEqual([])
})

it('refuses what a budget cannot be', async () => {
  const { hub, made } = await open()
  const refused = async (method: string, url: string, payload: object) => (await hub.ask(method, url, { payload })).statusCode
  expect(await refused('POST', '/api/budgets', { name: 'x', kind: 'day' })).toBe(400)
  expect(await refused('POST', '/api/budgets', { name: 'x', kind: 'five_hour', amount_usd: 5 })).toBe(400)
  expect(await refused('PUT', `/api/budgets/${made.budget_id}`, { percent: 5 })).toBe(400)
  expect(await refused('POST', '/api/budgets/b_none/go-on', { amount: 5 })).toBe(404)
  expect(await refused('POST', `/api/budgets/${made.budget_id}/go-on`, { amount: -5 })).toBe(400)
})
