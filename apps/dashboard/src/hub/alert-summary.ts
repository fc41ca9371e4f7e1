import type { AlertSummary } from '@signalbox/contract/alert'
import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

export const alertSummaryQuery = queryOptions({ queryKey: keys.alertSummary, queryFn: ({ signal }) => hub.getAlertSummary({ signal }) })

/** How many alerts are open, and whether their messages are paused. Small, because every screen shows it in its title. */
export function useAlertSummary(): UseQueryResult<AlertSummary> {
  return useQuery(alertSummaryQuery)
}
