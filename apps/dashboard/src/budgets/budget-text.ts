import { type BudgetKind, isPlanKind } from '@signalbox/contract/budget-kind'
import type { Budget } from '../hub/budget.ts'
import { t } from '../words/budgets.ts'

export const kindNames: Record<BudgetKind, string> = {
  day: t.eachDay,
  week: t.eachWeek,
  month: t.eachMonth,
  five_hour: t.fiveHourLimit,
  seven_day: t.weeklyLimit,
}

export const stateNames: Record<Budget['state'], string> = {
  open: t.open,
  soft: t.overSoftLine,
  spent: t.spentSessionsAreHeld,
  unknown: t.notKnownNothingIs,
  off: t.off,
}

/** `$12.50`, or `90%` of a plan window. */
export function amountText(kind: BudgetKind, amount: number): string {
  return isPlanKind(kind) ? t.share(Math.round(amount * 10) / 10) : t.usd(amount)
}

/** What the budget is about, such as `shop on laptop`. */
export function filterText({ filter, account }: Pick<Budget, 'filter' | 'account'>): string {
  const part = (kind: keyof typeof t.about, names: readonly string[] | undefined) =>
    names === undefined ? [] : [t.about[kind](names.join(', '))]
  const parts = [
    ...part('project', filter?.project_id),
    ...part('machine', filter?.machine_id),
    ...part('model', filter?.model),
    ...part('account', account === undefined ? undefined : [account]),
  ]
  return parts.join(' ')
}

/** A name pattern for each word of a list. */
export function patternsOf(text: string): string[] | undefined {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length === 0 ? undefined : names
}
