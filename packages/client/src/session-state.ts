import type { ClaudeSession } from '@signalbox/contract/claude-session'
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

/** Since when a session has been in its state, as far as its sources say, as ISO 8601. */
export function stateSince(
  session: SessionStateFields &
    Pick<Session, 'waiting_since'> & { readonly claude_code?: Pick<ClaudeSession, 'activity_since'> | undefined },
): string | undefined {
  switch (toSessionState(session)) {
    case 'unseen':
      return session.not_seen_since
    case 'waiting':
      return session.waiting_since ?? session.claude_code?.activity_since
    case 'working':
    case 'idle':
      return session.claude_code?.activity_since
    default:
      return undefined
  }
}

/** How long an ended session stays on the board. */
const ENDED_VISIBLE_MS = 3_600_000

export function isLive({ status }: Pick<Session, 'status'>): boolean {
  return status === 'active' || status === 'paused' || status === 'stalled'
}

/** Whether a session belongs on the board at this moment: it runs, or has ended just now. */
export function isOnBoard(session: Pick<Session, 'status' | 'completed_at'>, now: number): boolean {
  if (isLive(session)) return true
  const { status, completed_at } = session
  return (status === 'completed' || status === 'failed') && completed_at !== undefined && now - Date.parse(completed_at) < ENDED_VISIBLE_MS
}

/** The hub's table of transitions, as far as people can ask for them; the hub has the last word. */
export const actionStatuses: Readonly<
  Record<'recover' | 'resume' | 'pause' | 'complete' | 'fail' | 'archive', readonly Session['status'][]>
> = {
  recover: ['stalled', 'failed'],
  resume: ['paused'],
  pause: ['active'],
  complete: ['active', 'paused', 'stalled'],
  fail: ['active', 'paused', 'stalled'],
  archive: ['completed', 'failed'],
}
