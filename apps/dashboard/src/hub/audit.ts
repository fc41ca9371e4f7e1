import type { AuditEntry } from '@signalbox/client'
import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export type { AuditEntry } from '@signalbox/client'

const PAGE = 20

/** The audit log, newest first. */
export function useAudit(): UseInfiniteQueryResult<InfiniteData<AuditEntry[]>> {
  return useInfiniteQuery({
    queryKey: keys.audit,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      wholeHub.listAudit({ limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) }, { signal }),
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
  })
}
