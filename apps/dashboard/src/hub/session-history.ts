import type { NextPage } from '@signalbox/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { BoardSession } from './answer.ts'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'
import { pickSessionFields } from './session-board.ts'

/** The hub's upper limit for one response. */
const PAGE_ROWS = 100
/** Upper limit of sessions in the table; the newest are kept. */
export const MAX_HISTORY_SESSIONS = 10_000

export interface SessionHistory {
  /** Every session so far, newest first; empty while it is not enabled. */
  readonly sessions: readonly BoardSession[]
  /** Whether more are on their way. */
  readonly loading: boolean
  /** The hub has more than the table holds. */
  readonly capped: boolean
  readonly error: Error | null
  readonly retry: () => void
}

const none: readonly BoardSession[] = []

interface Page {
  readonly rows: readonly BoardSession[]
  readonly next: NextPage | undefined
}

/** All sessions of the hub, whatever became of them, page by page. */
export function useSessionHistory(enabled: boolean): SessionHistory {
  const query = useInfiniteQuery({
    queryKey: keys.sessionHistory,
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      let next: NextPage | undefined
      const onNext = (page: NextPage | undefined) => {
        next = page
      }
      const rows = await hub.listSessions({ ...pageParam, limit: PAGE_ROWS }, { signal, onNext })
      return { rows: rows.map(pickSessionFields), next }
    },
    initialPageParam: {} as NextPage,
    getNextPageParam: ({ next }, pages) => (pages.length * PAGE_ROWS < MAX_HISTORY_SESSIONS ? next : undefined),
    enabled,
    // The board follows what changes; what is over does not change any more.
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    structuralSharing: false,
  })
  const { data, hasNextPage, isFetching, error, fetchNextPage } = query
  useEffect(() => {
    if (enabled && hasNextPage && !isFetching && error === null) void fetchNextPage()
  }, [enabled, hasNextPage, isFetching, error, fetchNextPage])
  const pages = data?.pages
  const sessions = useMemo(() => (enabled ? (pages?.flatMap(({ rows }) => rows) ?? none) : none), [enabled, pages])
  return {
    sessions,
    loading: enabled && error === null && (data === undefined || hasNextPage),
    capped: pages?.at(-1)?.next !== undefined && pages.length * PAGE_ROWS >= MAX_HISTORY_SESSIONS,
    error,
    retry: () => void (data === undefined ? query.refetch() : fetchNextPage()),
  }
}
