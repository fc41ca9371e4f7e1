import type { AuditEntry } from '@signalbox/client'
import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

export type { AuditEntry } from '@signalbox/client'

const PAGE = 20

/** The audit log, newest first. */
export function useAudit(): UseInfiniteQueryResult<InfiniteData<AuditEntry[]>> {
  return useInfiniteQuery({
    queryKey: keys.audit,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      hub.listAudit({ limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) }, { signal }),
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
  })
}
