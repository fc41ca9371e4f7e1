import { useQuery, useQueryClient } from '@tanstack/react-query'
import { sessionBoardQuery } from './board.ts'
import { keys } from './query-key.ts'
import type { SessionBoard } from './session-board.ts'

const NAMES_FRESH_MS = 60_000
const noNames: ReadonlyMap<string, string> = new Map()

/**
 * The names of sessions that are or were on the board lately, by id: what people and Claude Code call them. Usage has no names.
 * Not the board itself, which changes with every heartbeat.
 */
export function useSessionNames(enabled: boolean): ReadonlyMap<string, string> {
  const client = useQueryClient()
  const { data = noNames } = useQuery({
    queryKey: keys.sessionNames,
    queryFn: async () => namesOf(await client.ensureQueryData(sessionBoardQuery)),
    enabled,
    staleTime: NAMES_FRESH_MS,
  })
  return data
}

function namesOf({ sessions }: SessionBoard): ReadonlyMap<string, string> {
  return new Map(
    [...sessions.values()].flatMap(({ session_id, claude_code }) =>
      claude_code?.name === undefined ? [] : [[session_id, claude_code.name]],
    ),
  )
}
