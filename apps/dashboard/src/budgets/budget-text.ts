import { type BudgetKind, isPlanKind } from '@signalbox/contract/budget-kind'
import type { Budget } from '../hub/budget.ts'
import { t } from '../words/budgets.ts'

export const kindNames: Record<BudgetKind, string> = {
  day: 'Each day',
  week: t.eachWeek,
  month: 'Each month',
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
  return isPlanKind(kind) ? `${Math.round(amount * 10) / 10}%` : `$${amount.toFixed(2)}`
}

/** What the budget is about, such as `shop on laptop`. */
export function filterText({ filter, account }: Pick<Budget, 'filter' | 'account'>): string {
  const part = (word: string, names: readonly string[] | undefined) => (names === undefined ? [] : [`${word} ${names.join(', ')}`])
  const parts = [
    ...part('for', filter?.project_id),
    ...part('on', filter?.machine_id),
    ...part('with', filter?.model),
    ...part('of', account === undefined ? undefined : [account]),
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
