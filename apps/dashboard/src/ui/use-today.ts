import { dayOf } from './time-format.ts'
import { useNow } from './use-now.ts'

/** The viewer's local day as YYYY-MM-DD; a page left open overnight moves on by itself. */
export function useToday(zone: string): string {
  return dayOf(useNow(30_000), zone)
}
