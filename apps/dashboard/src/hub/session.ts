import type { Session } from '@signalbox/contract/session'
import type { FailureInfo } from '@signalbox/contract/session-failure'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { SessionTasks } from '@signalbox/contract/task'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { everyPage } from './every-page.ts'
import { heardMeanwhile } from './heard-meanwhile.ts'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'
import { boardOf, MOST_SESSIONS, type SessionBoard, withSessionEvents } from './session-board.ts'

const live = ['active', 'paused', 'stalled'] as const

/** Every live session and those that ended a short while ago, kept up by events; asked again only as a fallback. */
export function useSessionBoard(): UseQueryResult<SessionBoard> {
  return useQuery({
    queryKey: keys.sessionBoard,
    queryFn: async ({ signal }) => {
      const [board, events] = await heardMeanwhile.during(() => askForBoard(signal))
      return withSessionEvents(board, events, Date.now())
    },
    // Events keep it up; what they cannot tell is asked for when the stream is back.
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  })
}

async function askForBoard(signal: AbortSignal): Promise<SessionBoard> {
  const [running, failed, completed, tasks] = await Promise.all([
    everyPage((page, onTotal) => hub.listSessions({ status: [...live], ...page }, { signal, onTotal }), MOST_SESSIONS),
    hub.listSessions({ status: ['failed'], limit: 100 }, { signal }),
    hub.listSessions({ status: ['completed'], limit: 100 }, { signal }),
    everyPage((page, onTotal) => hub.listTasks({ status: ['in_progress'], ...page }, { signal, onTotal }), MOST_SESSIONS),
  ])
  return boardOf([...running.rows, ...failed, ...completed], tasks.rows, running.more, Date.now())
}

export function useSession(id: string): UseQueryResult<Session> {
  return useQuery({ queryKey: keys.session(id), queryFn: ({ signal }) => hub.getSession(id, { signal }) })
}

/** Its tasks by status, and how far it is. */
export function useSessionTasks(id: string): UseQueryResult<SessionTasks> {
  return useQuery({ queryKey: keys.sessionTasks(id), queryFn: ({ signal }) => hub.getSessionTaskProgress(id, { signal }) })
}

export function useSessionHealth(id: string): UseQueryResult<SessionHealth> {
  return useQuery({ queryKey: keys.sessionHealth(id), queryFn: ({ signal }) => hub.getSessionHealth(id, {}, { signal }) })
}

/** What happened to it, oldest first. */
export function useSessionTimeline(id: string): UseQueryResult<TimelineRow[]> {
  return useQuery({ queryKey: keys.sessionTimeline(id), queryFn: ({ signal }) => hub.getSessionTimeline(id, {}, { signal }) })
}

/** Why it failed or stalled; asked only of one that did. */
export function useFailureInfo(id: string, options: { readonly enabled: boolean }): UseQueryResult<FailureInfo> {
  return useQuery({
    queryKey: keys.failureInfo(id),
    queryFn: ({ signal }) => hub.getSessionFailureInfo(id, { signal }),
    enabled: options.enabled,
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
