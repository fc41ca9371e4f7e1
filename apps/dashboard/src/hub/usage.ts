import type { ClaudeUsage, ClaudeUsageQuery, UsageQuery } from '@signalbox/client'
import type { UsageReport } from '@signalbox/contract/usage'
import { keepPreviousData, queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

export type { ClaudeUsage, UsageQuery } from '@signalbox/client'
export type { UsageReport, UsageRow, UsageSums } from '@signalbox/contract/usage'

export const usageReportQuery = (query: UsageQuery) =>
  queryOptions({ queryKey: keys.usageReport(query), queryFn: ({ signal }) => hub.getUsage(query, { signal }) })

/** A usage report. While the query changes, the previous report stays. */
export function useUsage(query: UsageQuery, options: { readonly enabled?: boolean } = {}): UseQueryResult<UsageReport> {
  return useQuery({ ...usageReportQuery(query), placeholderData: keepPreviousData, enabled: options.enabled ?? true })
}

export const usageSummaryQuery = (query: ClaudeUsageQuery) =>
  queryOptions({ queryKey: keys.usageSummary(query), queryFn: ({ signal }) => hub.getClaudeUsage(query, { signal }) })

/** Today, month to date and the 5-hour window, for all machines. */
export function useUsageSummary(query: ClaudeUsageQuery): UseQueryResult<ClaudeUsage> {
  return useQuery({ ...usageSummaryQuery(query), placeholderData: keepPreviousData })
}
