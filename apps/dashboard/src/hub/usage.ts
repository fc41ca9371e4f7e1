import type { ClaudeUsage, ClaudeUsageQuery, UsageQuery } from '@signalbox/client'
import type { UsageReport } from '@signalbox/contract/usage'
import { keepPreviousData, type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

export type { ClaudeUsage, UsageQuery } from '@signalbox/client'
export type { UsageReport, UsageRow, UsageSums } from '@signalbox/contract/usage'

function reportQuery(query: UsageQuery) {
  return {
    queryKey: keys.usageReport(query),
    queryFn: ({ signal }: { signal: AbortSignal }) => hub.getUsage(query, { signal }),
  }
}

/** A report of usage; while the question changes, the answer to the one before stays. */
export function useUsage(query: UsageQuery, options: { readonly enabled?: boolean } = {}): UseQueryResult<UsageReport> {
  return useQuery({ ...reportQuery(query), placeholderData: keepPreviousData, enabled: options.enabled ?? true })
}

/** Several reports at once, in the order of the questions. */
export function useUsages(queries: readonly UsageQuery[]): UseQueryResult<UsageReport>[] {
  return useQueries({ queries: queries.map(reportQuery) })
}

/** Today, month to date and the five-hour window, for all machines. */
export function useUsageSummary(query: ClaudeUsageQuery): UseQueryResult<ClaudeUsage> {
  return useQuery({
    queryKey: keys.usageSummary(query),
    queryFn: ({ signal }) => hub.getClaudeUsage(query, { signal }),
    placeholderData: keepPreviousData,
  })
}
