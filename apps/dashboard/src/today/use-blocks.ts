import { useUsage } from '../hub/usage.ts'
import { addDays } from '../usage/calendar.ts'

/** The five-hour blocks of yesterday and today: one that began yesterday may still run. */
export function useBlocks(today: string, zone: string) {
  return useUsage({ group: 'block', since: addDays(today, -1), timezone: zone })
}
