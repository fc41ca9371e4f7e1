import { expect, it } from 'vitest'
import type { BudgetRecord } from './budget.ts'
import type { Store } from './store.ts'

const now = Date.parse('2026-10-06T09:12:00.000Z')
const change = { now }

export const someBudget = (more: Partial<BudgetRecord> = {}): BudgetRecord => ({
  budget_id: 'b',
  name: 'Shop "and" \u{1f4bb}',
  kind: 'day',
  enabled: true,
  amount_usd: 25,
  filter: { project_id: ['shop.*'] },
  raises: [],
  grants: [],
  created_at: now,
  updated_at: now,
  revision: 1,
  ...more,
})

/** The contract of `BudgetStore`, for any store. */
export function budgetSuite(open: () => Promise<Store>): void {
  it('are kept, and change only from the revision before', async () => {
    const { budgets } = await open()
    expect([await budgets.put(someBudget(), change), await budgets.put(someBudget({ name: 'another' }), change)]).toEqual([true, false])
    expect(await budgets.find('b')).toEqual(someBudget())
    const grants = [{ machine_id: 'a.b$', granted_usd: 3.25, spent_usd: 1, at: now }]
    const changed = someBudget({ grants, raises: [{ period: now, amount: 5, at: now, by: 'me', via: 'link' }], revision: 2 })
    // Of two that change the same revision, one does.
    expect((await Promise.all([budgets.put(changed, change), budgets.put(changed, change)])).sort()).toEqual([false, true])
    expect(await budgets.list()).toEqual([changed])
  })

  it('are removed at the revision that was seen', async () => {
    const { budgets } = await open()
    await budgets.put(someBudget(), change)
    expect([await budgets.remove('b', 2, change), await budgets.remove('b', 1, change)]).toEqual([false, true])
    expect([await budgets.find('b'), await budgets.list()]).toEqual([undefined, []])
  })

  it('have their changes in the audit log, and only those that were made', async () => {
    const store = await open()
    const audit = (result: unknown) => (result === true ? { action: 'budget.created' as const, details: { budget_id: 'b' } } : undefined)
    await store.budgets.put(someBudget(), { now, audit })
    await store.budgets.put(someBudget(), { now, audit })
    expect(await store.audit.page({ limit: 9 })).toMatchObject([{ action: 'budget.created' }])
  })
}
