import type { BudgetLease } from '@signalbox/contract/budget'

/** A lease with what this machine may reach by it. In USD. */
export interface HeldLease extends BudgetLease {
  /** What this machine had spent in the period, by its own database, when the hub knew of the same calls. */
  readonly base_usd: number
}

export const isMoney = ({ kind }: Pick<BudgetLease, 'kind'>): boolean => kind === 'day' || kind === 'week' || kind === 'month'

export function isCurrent({ from, to }: Pick<BudgetLease, 'from' | 'to'>, now: number): boolean {
  return now >= from && now < to
}

/** What this machine may still spend. */
export function remainingOf({ base_usd, granted_usd }: HeldLease, spentUsd: number): number {
  return base_usd + granted_usd - spentUsd
}

/** Whether the lease is all that was left of the budget: then what it lacks is lacking everywhere. */
export function isWhole({ line, used, granted_usd }: BudgetLease): boolean {
  return used + granted_usd + 1e-6 >= line
}
