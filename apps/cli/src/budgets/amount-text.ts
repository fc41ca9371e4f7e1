import { type BudgetKind, isPlanKind } from '@signalbox/contract/budget-kind'

export const kindNames = { day: 'day', week: 'week', month: 'month', five_hour: '5-hour window', seven_day: 'weekly window' } as const

/** `$12.50`, or `90%` of a plan window. */
export function amountText(kind: BudgetKind, amount: number): string {
  return isPlanKind(kind) ? `${Math.round(amount * 10) / 10}%` : `$${amount.toFixed(2)}`
}
