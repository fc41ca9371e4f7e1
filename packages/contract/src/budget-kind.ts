/** `day`, `week` and `month` are counted in USD at list price; the windows of a plan in percent of the window. */
export const budgetKinds = ['day', 'week', 'month', 'five_hour', 'seven_day'] as const
export type BudgetKind = (typeof budgetKinds)[number]

export function isPlanKind(kind: BudgetKind): boolean {
  return kind === 'five_hour' || kind === 'seven_day'
}
