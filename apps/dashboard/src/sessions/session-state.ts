import type { BoardSession } from '../hub/answer.ts'
import { needsAttention, type SessionState, stateSince, toSessionState } from '../hub/session-state.ts'
import { t } from '../words/sessions.ts'

export { needsAttention, type SessionState, stateSince, toSessionState }

export type SessionStateFields = Pick<BoardSession, 'status' | 'activity' | 'waiting_for' | 'not_seen_since'>

/** Whether a waiting session has missed its heartbeats. */
export function isSilent(session: Omit<SessionStateFields, 'waiting_for'>): boolean {
  return session.status === 'stalled' && toSessionState(session) === 'waiting'
}

/** The status with which a session is counted: waiting ones count as active. */
export function countedStatus(session: BoardSession): BoardSession['status'] {
  return isSilent(session) ? 'active' : session.status
}

const stateNames: Record<Exclude<SessionState, 'waiting'>, string> = {
  stalled: t.stateStalled,
  failed: t.stateFailed,
  working: t.stateWorking,
  active: t.stateActive,
  idle: t.stateIdle,
  unseen: t.stateNotSeen,
  paused: t.statePaused,
  completed: t.stateCompleted,
  archived: t.stateArchived,
}

export function formatState(session: SessionStateFields): string {
  const state = toSessionState(session)
  return state === 'waiting' ? formatWaiting(session.waiting_for) : stateNames[state]
}

/** Such as `Waiting for permission`. */
export function formatWaiting(reason: string | undefined): string {
  return reason === 'permission' || reason === 'input' ? t.stateWaitingFor(t.waitingReasons[reason]) : t.stateWaiting
}
