import { useQuery, useQueryClient } from '@tanstack/react-query'
import { loadAllPages } from './all-pages.ts'
import type { BoardSession } from './answer.ts'
import { sessionBoardQuery } from './board.ts'
import { hub } from './hub.ts'
import { keys } from './query-key.ts'

const NAMES_FRESH_MS = 60_000
/** The newest sessions that are over: the board has a hundred of them. */
const MAX_ENDED = 1_000
const noNames: ReadonlyMap<string, string> = new Map()

/**
 * The names of sessions by id: what people call them. Usage has no names; what Claude Code makes of a conversation stays on its machine.
 * Not the board itself, which changes with every heartbeat.
 */
export function useSessionNames(enabled: boolean): ReadonlyMap<string, string> {
  const client = useQueryClient()
  const { data = noNames } = useQuery({
    queryKey: keys.sessionNames,
    queryFn: async ({ signal }) => {
      const [{ sessions }, ended] = await Promise.all([
        client.ensureQueryData(sessionBoardQuery),
        loadAllPages((page, options) => hub.listSessions({ status: ['completed', 'archived'], ...page }, options), MAX_ENDED, signal),
      ])
      return namesOf([...ended.rows, ...sessions.values()])
    },
    enabled,
    staleTime: NAMES_FRESH_MS,
  })
  return data
}

function namesOf(sessions: readonly Pick<BoardSession, 'session_id' | 'claude_code'>[]): ReadonlyMap<string, string> {
  return new Map(
    sessions.flatMap(({ session_id, claude_code }) => (claude_code?.name === undefined ? [] : [[session_id, claude_code.name]])),
  )
}
