import type { Session } from '@signalbox/client'
import { actionStatuses } from '@signalbox/client/session-state'
import type { Scope } from '@signalbox/contract/scope'
import type { FleetSession } from './fleet.ts'

export const sessionActions = ['recover', 'resume', 'pause', 'complete', 'fail'] as const
export type SessionAction = (typeof sessionActions)[number]

/** @param scopes of the key; undefined until they are known */
export function possibleActions({ status }: Pick<FleetSession, 'status'>, scopes: readonly Scope[] | undefined): SessionAction[] {
  if (scopes !== undefined && !scopes.includes('write')) return []
  return sessionActions.filter((action) => actionStatuses[action].includes(status))
}

/** What is said after it was done: `fix-login is active again.` */
export const doneTexts: Readonly<Record<SessionAction, string>> = {
  recover: 'is active again',
  resume: 'is active again',
  pause: 'is marked as paused',
  complete: 'is marked as completed',
  fail: 'is marked as failed',
}

type ActionHub = Pick<SessionCalls, 'updateSession' | 'markSessionFailed' | 'recoverSession'>
interface SessionCalls {
  updateSession(id: string, change: { status: Session['status']; attempt: number }): Promise<Session>
  markSessionFailed(id: string, failure: { reason: string; attempt: number }): Promise<Session>
  recoverSession(id: string): Promise<Session>
}

/** The attempt is sent along: what was meant for an earlier one must not reach its successor. */
export function runAction(hub: ActionHub, action: SessionAction, { session_id, attempt }: FleetSession): Promise<Session> {
  switch (action) {
    case 'recover':
      return hub.recoverSession(session_id)
    case 'resume':
      return hub.updateSession(session_id, { status: 'active', attempt })
    case 'pause':
      return hub.updateSession(session_id, { status: 'paused', attempt })
    case 'complete':
      return hub.updateSession(session_id, { status: 'completed', attempt })
    case 'fail':
      return hub.markSessionFailed(session_id, { reason: 'marked failed in the editor', attempt })
  }
}
