import type { FailureInfo } from '@signalbox/contract/session-failure'
import { queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { loadAllPages } from './all-pages.ts'
import { eventsInFlight } from './events-in-flight.ts'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'
import { applySessionEvents, buildBoard, MAX_BOARD_SESSIONS, type SessionBoard, shareBoard } from './session-board.ts'

const live = ['active', 'paused', 'stalled'] as const

export const sessionBoardQuery = queryOptions({
  queryKey: keys.sessionBoard,
  queryFn: async ({ signal }) => {
    const [board, events] = await eventsInFlight.collectDuring(() => loadBoard(signal))
    return applySessionEvents(board, events, Date.now())
  },
  // Events keep it current; after a lost connection it is refetched.
  staleTime: Number.POSITIVE_INFINITY,
  structuralSharing: (known, next) => shareBoard(known as SessionBoard | undefined, next as SessionBoard),
})

/** Every live session and those that ended recently, updated by events; polled only as a fallback. */
export function useSessionBoard(): UseQueryResult<SessionBoard> {
  return useQuery(sessionBoardQuery)
}

async function loadBoard(signal: AbortSignal): Promise<SessionBoard> {
  const [running, failed, completed, tasks] = await Promise.all([
    loadAllPages((page, options) => hub.listSessions({ status: [...live], ...page }, options), MAX_BOARD_SESSIONS, signal),
    hub.listSessions({ status: ['failed'], limit: 100 }, { signal }),
    hub.listSessions({ status: ['completed'], limit: 100 }, { signal }),
    loadAllPages((page, options) => hub.listTasks({ status: ['in_progress'], ...page }, options), MAX_BOARD_SESSIONS, signal),
  ])
  return buildBoard([...running.rows, ...failed, ...completed], tasks.rows, running.more, Date.now())
}

/** Why a session failed or stalled; enable it only for one that did. */
export function useFailureInfo(id: string, options: { readonly enabled: boolean }): UseQueryResult<FailureInfo> {
  return useQuery({
    queryKey: keys.failureInfo(id),
    queryFn: ({ signal }) => hub.getSessionFailureInfo(id, { signal }),
    enabled: options.enabled,
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
