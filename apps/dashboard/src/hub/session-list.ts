import type { SessionQuery } from '@signalbox/client'
import type { Session } from '@signalbox/contract/session'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

/** Sessions that have left the board too, the newest first; events make it ask again. */
export function useSessionList(query: SessionQuery): UseQueryResult<Session[]> {
  return useQuery({ queryKey: keys.sessionList(query), queryFn: ({ signal }) => hub.listSessions(query, { signal }) })
}
