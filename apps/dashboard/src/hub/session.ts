import type { SessionSourceRow } from '@signalbox/contract/claude-session'
import type { Session } from '@signalbox/contract/session'
import type { SessionHealth } from '@signalbox/contract/session-health'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import type { SessionTasks } from '@signalbox/contract/task'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { keys } from './query-key.ts'
import { wholeHub } from './whole-hub.ts'

export function useSession(id: string): UseQueryResult<Session> {
  return useQuery({ queryKey: keys.session(id), queryFn: ({ signal }) => wholeHub.getSession(id, { signal }) })
}

/** The tasks of a session by status, with its progress. */
export function useSessionTasks(id: string): UseQueryResult<SessionTasks> {
  return useQuery({ queryKey: keys.sessionTasks(id), queryFn: ({ signal }) => wholeHub.getSessionTaskProgress(id, { signal }) })
}

export function useSessionHealth(id: string): UseQueryResult<SessionHealth> {
  return useQuery({ queryKey: keys.sessionHealth(id), queryFn: ({ signal }) => wholeHub.getSessionHealth(id, {}, { signal }) })
}

/** The history of a session, oldest first. */
export function useSessionTimeline(id: string): UseQueryResult<TimelineRow[]> {
  return useQuery({ queryKey: keys.sessionTimeline(id), queryFn: ({ signal }) => wholeHub.getSessionTimeline(id, {}, { signal }) })
}

/** What each source reports about a session of Claude Code. */
export function useSessionSources(id: string): UseQueryResult<SessionSourceRow[]> {
  return useQuery({ queryKey: keys.sessionSources(id), queryFn: ({ signal }) => wholeHub.getSessionSources(id, { signal }) })
}
