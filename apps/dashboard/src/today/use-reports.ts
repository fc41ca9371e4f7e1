import type { UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type UsageQuery, type UsageReport, useUsage } from '../hub/usage.ts'
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
export const hoursQuery = ({ today, zone }: TodayPanelProps): UsageQuery => ({ group: 'hour', since: today, timezone: zone })

/** The month to date, by day. */
export const monthQuery = ({ today, zone }: TodayPanelProps): UsageQuery => ({
  group: 'day',
  since: `${today.slice(0, 7)}-01`,
  timezone: zone,
})

/** The 5-hour blocks of yesterday and today: one that started yesterday may still be active. */
export const recentBlocksQuery = ({ today, zone }: TodayPanelProps): UsageQuery => ({
  group: 'block',
  since: addDays(today, -1),
  timezone: zone,
})

export function useHours(props: TodayPanelProps) {
  return useUsage(hoursQuery(props))
}

/** The bars of the chosen range; they move on with the time. */
export function useRangeBuckets(range: TodayRange, zone: string): RangeBuckets {
  const now = useNow(60_000)
  return useMemo(() => bucketsOf(range, now, zone), [range, now, zone])
}

/** The usage of the chosen range. */
export function useRangeReport(range: TodayRange, props: TodayPanelProps): UseQueryResult<UsageReport> {
  const { group, since } = useRangeBuckets(range, props.zone)
  return useUsage(range === 'today' ? hoursQuery(props) : { group, since, timezone: props.zone })
}

export function useMonth(props: TodayPanelProps) {
  return useUsage(monthQuery(props))
}

/** All usage there ever was, by month; only where this month has none. */
export function useAllMonths(zone: string, options: { readonly enabled: boolean }) {
  return useUsage({ group: 'month', timezone: zone }, options)
}

export function useRecentBlocks(props: TodayPanelProps) {
  return useUsage(recentBlocksQuery(props))
}
