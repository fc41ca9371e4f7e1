import { t } from '../words/blocks.ts'
import { addDays, daysBetween } from './calendar.ts'

export const rangeNames = ['today', '7d', '30d', 'month', '90d', 'year', 'all'] as const
export type RangeName = (typeof rangeNames)[number]

export const rangeLabels: Record<RangeName, string> = {
  today: t.today,
  '7d': t.last7Days,
  '30d': t.last30Days,
  month: t.thisMonth,
  '90d': t.last90Days,
  year: t.last365Days,
  all: t.allTime,
}

/** Local days, both inclusive. Without `until` it ends now, without `since` it starts with the first call. */
export interface DayRange {
  readonly since?: string
  readonly until?: string
}

export const steps = ['hour', 'day', 'week', 'month'] as const
/** The width of one bar. */
export type Step = (typeof steps)[number]

/** @param today the current local day */
export function toDayRange(name: RangeName, today: string): DayRange {
  switch (name) {
    case 'today':
      return { since: today }
    case '7d':
      return { since: addDays(today, -6) }
    case '30d':
      return { since: addDays(today, -29) }
    case 'month':
      return { since: `${today.slice(0, 7)}-01` }
    case '90d':
      return { since: addDays(today, -89) }
    case 'year':
      return { since: addDays(today, -364) }
    case 'all':
      return {}
  }
}

/** Number of days in a range; undefined without `since`. */
export function countDays(range: DayRange, today: string): number | undefined {
  return range.since === undefined ? undefined : Math.max(1, daysBetween(range.since, range.until ?? today))
}

/** The steps that give a readable number of bars, and the default one. */
export function chooseSteps(range: DayRange, today: string): { readonly offered: readonly Step[]; readonly defaultStep: Step } {
  const days = countDays(range, today)
  if (days === undefined) return { offered: ['day', 'week', 'month'], defaultStep: 'week' }
  if (days <= 2) return { offered: ['hour', 'day'], defaultStep: 'hour' }
  if (days <= 14) return { offered: ['hour', 'day', 'week'], defaultStep: 'day' }
  if (days <= 120) return { offered: ['day', 'week', 'month'], defaultStep: 'day' }
  if (days <= 400) return { offered: ['day', 'week', 'month'], defaultStep: 'week' }
  return { offered: ['day', 'week', 'month'], defaultStep: 'month' }
}
