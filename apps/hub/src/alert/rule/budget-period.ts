import { addDays, localDay, localMonth, localWeek, startOfDay, type WeekStart } from '@signalbox/usage/zone'

export type BudgetPeriod = 'day' | 'week' | 'month'

/** A day, week or month of a zone. Instants are milliseconds; the end is exclusive. */
export interface Period {
  /** Its first day: YYYY-MM-DD. */
  readonly first: string
  readonly from: number
  readonly to: number
}

/** The period of an instant. It is shorter or longer than others where clocks change in it. */
export function periodAt(period: BudgetPeriod, zone: string, weekStart: WeekStart, at: number): Period {
  const first = firstDay(period, zone, weekStart, at)
  return { first, from: startOfDay(zone, first), to: startOfDay(zone, dayAfter(period, first)) }
}

function firstDay(period: BudgetPeriod, zone: string, weekStart: WeekStart, at: number): string {
  if (period === 'day') return localDay(zone, at)
  return period === 'week' ? localWeek(zone, at, weekStart) : `${localMonth(zone, at)}-01`
}

/** The first day of the next period. */
function dayAfter(period: BudgetPeriod, first: string): string {
  if (period === 'day') return addDays(first, 1)
  // Every month is over 32 days after its first.
  return period === 'week' ? addDays(first, 7) : `${addDays(first, 32).slice(0, -3)}-01`
}
