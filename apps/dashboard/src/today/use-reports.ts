import { useUsage } from '../hub/usage.ts'
import { addDays } from '../usage/calendar.ts'

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

/** The month to date, by day. */
export function useMonth({ today, zone }: TodayPanelProps) {
  return useUsage({ group: 'day', since: `${today.slice(0, 7)}-01`, timezone: zone })
}

/** The 5-hour blocks of yesterday and today: one that started yesterday may still be active. */
export function useRecentBlocks({ today, zone }: TodayPanelProps) {
  return useUsage({ group: 'block', since: addDays(today, -1), timezone: zone })
}
