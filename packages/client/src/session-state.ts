import type { Session } from '@signalbox/contract/session'

/**
 * The status of a session, refined by its activity while it is active. `unseen`: nothing that observes it is in contact. A session
 * that waits for a person stays waiting, however long no heartbeat comes.
 */
export type SessionState = 'waiting' | 'stalled' | 'failed' | 'working' | 'active' | 'idle' | 'unseen' | 'paused' | 'completed' | 'archived'

export type SessionStateFields = Pick<Session, 'status' | 'activity' | 'not_seen_since'>

export function toSessionState({ status, activity, not_seen_since }: SessionStateFields): SessionState {
  // The activity is what it was when the session was last seen, and may be false by now.
  if (not_seen_since !== undefined && (status === 'active' || status === 'stalled')) return 'unseen'
  if (status === 'stalled' && activity === 'waiting') return activity
  if (status !== 'active') return status
  // A session that reports no activity is only known to be active.
  return activity ?? 'active'
}

/** Whether a session does not continue until someone acts. */
export function needsAttention(session: SessionStateFields): boolean {
  const state = toSessionState(session)
  return state === 'waiting' || state === 'stalled' || state === 'failed'
}
