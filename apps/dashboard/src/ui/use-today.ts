import { toLocalDay } from './time-format.ts'
import { useNow } from './use-now.ts'

/** The current local day as YYYY-MM-DD; updates at midnight. */
export function useToday(zone: string): string {
  return toLocalDay(useNow(30_000), zone)
}
