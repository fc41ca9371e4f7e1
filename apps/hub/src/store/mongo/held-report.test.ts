import type { Budget } from '@signalbox/contract/budget'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { openHub, TestClock } from '../../../test/open-hub.ts'
import { openMongoStore } from './open.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

it('every hub of a store shows the sessions that are held, whichever their collector asks, and until they are held no more', async () => {
  const [uri, clock] = [await freshDatabase(), new TestClock()]
  const openOne = async () => openHub({ clock, store: await openMongoStore({ uri, prices: defaultPriceTable() }) })
  const [first, second] = [await openOne(), await openOne()]
  const made = (await first.ask('POST', '/api/budgets', { payload: { name: 'Shop', kind: 'day', amount_usd: 10 } })).json() as Budget
  const { budget_id } = made
  const reports = [{ budget_id, session_id: '8c1f4f3e-2f0a-4a44-9c0e-5b1d8a1c7e21', held_at: clock.now() }]
  const report = async (hub: typeof first, machine_id: string, held: object[]) => {
    expect((await hub.ask('POST', '/api/budgets/leases', { payload: { machine_id, held } })).statusCode).toBe(200)
  }
  const machinesAt = async (hub: typeof first) => {
    const budgets = (await hub.ask('GET', '/api/budgets')).json() as Budget[]
    const budget = (await hub.ask('GET', `/api/budgets/${budget_id}`)).json() as Budget
    expect(budget.held).toEqual(budgets[0]!.held)
    return budget.held.map(({ machine_id }) => machine_id).sort()
  }
  const published = async () => {
    const events = await second.store.events.page({ after: 0, limit: 100 })
    return events.filter(({ event, data }) => event === 'budget.changed' && data.change === 'held').length
  }

  await report(first, 'laptop', reports)
  await report(second, 'box.with.dots', reports)
  for (const hub of [first, second]) expect(await machinesAt(hub)).toEqual(['box.with.dots', 'laptop'])
  await vi.waitFor(async () => expect(await published()).toBe(2))
  // A load balancer sends it to the other hub: the same is no news, and the end of it is.
  await report(second, 'laptop', reports)
  await report(second, 'laptop', [])
  for (const hub of [first, second]) expect(await machinesAt(hub)).toEqual(['box.with.dots'])
  await vi.waitFor(async () => expect(await published()).toBe(3))
  // A machine that says nothing any more holds nothing that is known.
  clock.pass(61_000)
  for (const hub of [first, second]) expect(await machinesAt(hub)).toEqual([])
  await second.store.sweep(clock.now())
  expect(await second.store.held!.list()).toEqual([])
})
