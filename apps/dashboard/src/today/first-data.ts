import type { FetchQueryOptions, QueryClient, QueryKey } from '@tanstack/react-query'
import { accountsQuery } from '../hub/accounts.ts'
import { alertSummaryQuery } from '../hub/alert-summary.ts'
import { sessionBoardQuery } from '../hub/board.ts'
import { latestEventQuery } from '../hub/latest-event.ts'
import { currentLimitsQuery, limitForecastQuery } from '../hub/limits.ts'
import { machinesQuery } from '../hub/machine.ts'
import { usageReportQuery, usageSummaryQuery } from '../hub/usage.ts'
import { whoAmIQuery } from '../hub/who-am-i.ts'
import { browserTimeZone, toLocalDay } from '../ui/time-format.ts'
import { hoursQuery, monthQuery, recentBlocksQuery } from './use-reports.ts'

/**
 * Sends the requests of Today before it is rendered. Without it the first render would be one of empty panels, and each answer
 * another one.
 */
export async function loadFirstData(client: QueryClient): Promise<void> {
  const zone = browserTimeZone()
  const day = { today: toLocalDay(Date.now(), zone), zone }
  const load = <T, K extends QueryKey>(query: FetchQueryOptions<T, Error, T, K>) => client.prefetchQuery(query)
  await Promise.all([
    load(usageReportQuery(hoursQuery(day))),
    load(whoAmIQuery),
    load(sessionBoardQuery),
    load(machinesQuery),
    Promise.all([load(currentLimitsQuery()), load(accountsQuery)]).then(() => {
      const accounts = client.getQueryData(accountsQuery.queryKey) ?? []
      // Each of several plans has a forecast of its own.
      const isOnly = accounts.filter(({ inUse }) => inUse).length <= 1
      return isOnly && client.getQueryData(currentLimitsQuery().queryKey) ? load(limitForecastQuery()) : undefined
    }),
    load(usageReportQuery(monthQuery(day))),
    load(usageReportQuery(recentBlocksQuery(day))),
    load(usageSummaryQuery({ timezone: zone })),
    load(alertSummaryQuery),
    load(latestEventQuery),
  ])
}
