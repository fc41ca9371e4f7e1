import type { BudgetLease } from '@signalbox/contract/budget'
import type { UsageRow, UsageSums } from '@signalbox/contract/usage'
import type { Ledger } from '@signalbox/ledger'
import { matchesAny } from '@signalbox/usage/name-pattern'

/** What the calls of this machine cost. */
export interface LocalSpending {
  readonly usd: number
  readonly calls: number
}

/** What the calls of this machine in a lease's period cost that match its filter. */
export function localSpending(ledger: Pick<Ledger, 'report'>, { from, to, filter }: BudgetLease, session?: string): LocalSpending {
  const { rows } = ledger.report({
    group: 'project',
    timezone: 'UTC',
    since: new Date(from).toISOString(),
    until: new Date(to).toISOString(),
    ...(session === undefined ? {} : { filters: { session } }),
  })
  const spending = { usd: 0, calls: 0 }
  for (const row of rows) {
    if (!matchesProject(filter?.project_id, row)) continue
    const parts = filter?.model === undefined ? [row] : row.models.filter(({ model }) => matchesAny(filter.model, model))
    for (const part of parts) {
      spending.usd += costOf(part)
      spending.calls += part.calls
    }
  }
  return spending
}

/** People write the last part of a project's id, as they see it on the page. */
function matchesProject(patterns: readonly string[] | undefined, { project }: UsageRow): boolean {
  return matchesAny(patterns, project) || matchesAny(patterns, project?.split(/[\\/]/).at(-1))
}

function costOf({ cost_usd, estimated_cost_usd }: UsageSums): number {
  return (cost_usd ?? 0) + (estimated_cost_usd ?? 0)
}
