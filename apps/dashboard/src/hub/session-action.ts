import type { RecoverSession } from '@signalbox/contract/session-recovery'
import { type QueryClient, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { loadAllPages } from './all-pages.ts'
import type { BoardSession, RecoverableSession, Session, SessionBoard } from './answer.ts'
import { controlHub } from './control-hub.ts'
import { type Problem, toProblem } from './problem.ts'
import { keys } from './query-key.ts'
import { applySessionEvents } from './session-board.ts'

/** What the hub can do with a session at once, without further choices. */
export type HubAction = 'pause' | 'resume' | 'complete' | 'fail' | 'archive' | 'recover'

/** Requests at the same time, while an action is applied to many sessions. */
const MAX_PARALLEL = 5
/** Sessions of one project on one machine that are searched for one that is to be recovered. */
const MAX_RECOVERABLE = 1_000

export interface ActionOutcome {
  readonly done: readonly BoardSession[]
  readonly refused: readonly { readonly session: BoardSession; readonly problem: Problem }[]
}

export interface SessionActions {
  /** Applies an action to each session; one that is refused does not stop the others. */
  readonly run: (action: HubAction, sessions: readonly BoardSession[], reason?: string) => Promise<ActionOutcome>
  readonly recover: (session: BoardSession, how: RecoverSession) => Promise<Session>
}

/** Changes sessions; the page shows the hub's answer at once, before its event arrives. */
export function useSessionActions(): SessionActions {
  const client = useQueryClient()
  return useMemo(
    () => ({
      run: (action, sessions, reason) => runEach(sessions, async (session) => show(client, await send(action, session, reason))),
      recover: async (session, how) => show(client, await controlHub.recoverSession(session.session_id, how)),
    }),
    [client],
  )
}

/** The attempt is sent where the hub takes it: what was meant for an earlier one must not reach its successor. */
function send(action: HubAction, { session_id: id, attempt }: BoardSession, reason = 'marked failed'): Promise<Session> {
  switch (action) {
    case 'pause':
      return controlHub.updateSession(id, { status: 'paused', attempt })
    case 'resume':
      return controlHub.updateSession(id, { status: 'active', attempt })
    case 'complete':
      return controlHub.updateSession(id, { status: 'completed', attempt })
    case 'fail':
      return controlHub.markSessionFailed(id, { reason, attempt })
    case 'archive':
      return controlHub.archiveSession(id)
    case 'recover':
      return controlHub.recoverSession(id)
  }
}

async function runEach(sessions: readonly BoardSession[], act: (session: BoardSession) => Promise<unknown>): Promise<ActionOutcome> {
  const done: BoardSession[] = []
  const refused: { session: BoardSession; problem: Problem }[] = []
  const waiting = [...sessions]
  const work = async () => {
    for (let session = waiting.shift(); session !== undefined; session = waiting.shift()) {
      try {
        await act(session)
        done.push(session)
      } catch (error) {
        refused.push({ session, problem: toProblem(error) })
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL, sessions.length) }, work))
  return { done, refused }
}

function show(client: QueryClient, session: Session): Session {
  const { metadata: _, ...data } = session
  client.setQueryData<SessionBoard>(
    keys.sessionBoard,
    (board) => board && applySessionEvents(board, [{ event: 'session.updated', data }], Date.now()),
  )
  client.setQueryData<Session>(keys.session(session.session_id), (known) => known && session)
  return session
}

/** Whether a stalled or failed session can be recovered, and why not. */
export function useRecoverable(session: BoardSession): UseQueryResult<RecoverableSession | null> {
  const { session_id, machine_id, project_id, revision } = session
  return useQuery({
    queryKey: keys.recoverable(session_id, revision),
    queryFn: async ({ signal }) => {
      const find = (page: object, options: object) => controlHub.findRecoverableSessions({ machine_id, project_id, ...page }, options)
      const { rows } = await loadAllPages(find, MAX_RECOVERABLE, signal)
      return rows.find((row) => row.session_id === session_id) ?? null
    },
    refetchInterval: false,
    gcTime: 0,
  })
}
