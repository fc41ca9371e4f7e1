import { ruleRecord } from '../alert/default-rule-rows.ts'
import type { AlertRuleRecord, AlertStore } from '../store/alert.ts'
import type { BudgetRecord } from '../store/budget.ts'
import { compareAndSet, lost } from '../store/compare-and-set.ts'

/** The alert rule of a budget's soft line: of the kind `budget`, and for the window of a plan `limit_over`. */
export function softLineRule(budget: BudgetRecord, now: number): AlertRuleRecord | undefined {
  const { budget_id, name, kind, enabled, amount_usd, percent, soft_percent, timezone, filter } = budget
  if (soft_percent === undefined) return undefined
  const fields = { rule_id: ruleIdOf(budget_id), name: `Budget: ${name}`, enabled, source: 'user' as const }
  if (kind === 'five_hour' || kind === 'seven_day') {
    const share = Math.max(1, Math.round(((percent ?? 100) * soft_percent) / 100))
    const window = kind === 'five_hour' ? 'session' : 'weekly_all'
    return ruleRecord({ ...fields, kind: 'limit_over', parameters: { percent: share, window } }, now)
  }
  const optional = { ...(timezone === undefined ? {} : { timezone }), ...(filter === undefined ? {} : { filter }) }
  return ruleRecord({ ...fields, kind: 'budget', parameters: { amount_usd, period: kind, at: [soft_percent], ...optional } }, now)
}

/** Makes the rule of a budget what the budget says, or removes it. What people set at the rule itself, such as its channels, stays. */
export async function keepSoftLineRule(alerts: AlertStore, budget: BudgetRecord | undefined, budgetId: string, now: number): Promise<void> {
  const wanted = budget && softLineRule(budget, now)
  await compareAndSet(async () => {
    const rule = await alerts.findRule(ruleIdOf(budgetId))
    if (wanted === undefined) {
      return rule === undefined || (await alerts.removeRule(rule.rule_id, rule.revision, { now })) ? undefined : lost
    }
    const { kind, name, parameters, enabled } = wanted
    const next = rule === undefined ? wanted : { ...rule, kind, name, parameters, enabled, updated_at: now, revision: rule.revision + 1 }
    return (await alerts.putRule(next, { now })) ? undefined : lost
  })
}

/** The budget whose soft line a rule watches; undefined for every other rule. */
export function budgetIdOf(ruleId: string): string | undefined {
  return /^r_(b_.+)$/.exec(ruleId)?.[1]
}

function ruleIdOf(budgetId: string): string {
  return `r_${budgetId}`
}
