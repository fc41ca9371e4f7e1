import type { UseQueryResult } from '@tanstack/react-query'
import { type UsageReport, useUsage } from '../hub/usage.ts'
import { useNow } from '../ui/use-now.ts'
import { addDays } from '../usage/calendar.ts'
import { bucketsOf, type RangeBuckets, type TodayRange } from './today-range.ts'

/** What every panel of Today gets; equal queries share one request. */
export interface TodayPanelProps {
  /** The current local day as YYYY-MM-DD. */
  readonly today: string
  readonly zone: string
}

/** Today, by hour. */
export function useHours({ today, zone }: TodayPanelProps) {
  return useUsage({ group: 'hour', since: today, timezone: zone })
}

/** The bars of the chosen range; they move on with the time. */
export function useRangeBuckets(range: TodayRange, zone: string): RangeBuckets {
  return bucketsOf(range, useNow(60_000), zone)
}

/** The usage of the chosen range. */
export function useRangeReport(range: TodayRange, { today, zone }: TodayPanelProps): UseQueryResult<UsageReport> {
  const { group, since } = useRangeBuckets(range, zone)
  return useUsage({ group, since: range === 'today' ? today : since, timezone: zone })
}

/** The month to date, by day. */
export function useMonth({ today, zone }: TodayPanelProps) {
  return useUsage({ group: 'day', since: `${today.slice(0, 7)}-01`, timezone: zone })
}

/** All usage there ever was, by month; only where this month has none. */
export function useAllMonths(zone: string, options: { readonly enabled: boolean }) {
  return useUsage({ group: 'month', timezone: zone }, options)
}

/** The 5-hour blocks of yesterday and today: one that started yesterday may still be active. */
export function useRecentBlocks({ today, zone }: TodayPanelProps) {
  return useUsage({ group: 'block', since: addDays(today, -1), timezone: zone })
}
