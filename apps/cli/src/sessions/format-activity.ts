import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import type { Session } from '@signalbox/contract/session'

/** Such as `working` or `waiting for permission`; empty when unknown. */
export function formatActivity({ activity, waiting_for }: Partial<Pick<Session, 'activity' | 'waiting_for'>>): string {
  if (activity === undefined) return ''
  if (activity !== 'waiting') return activity
  return waiting_for === undefined || waiting_for === 'other' ? 'waiting' : `waiting for ${waiting_for}`
}

/** Whether the session's state is unknown because nothing that observes it is in contact. */
export function isUnseen({ status, not_seen_since }: Partial<Pick<Session, 'status' | 'not_seen_since'>>): boolean {
  return not_seen_since !== undefined && (status === 'active' || status === 'stalled')
}

type ActivityFields = Partial<Pick<Session, 'status' | 'activity' | 'waiting_for' | 'waiting_since' | 'not_seen_since' | 'claude_code'>>

/** The activity and how long it has lasted: `working for 3 min`, or `permission 40s` where space is short. */
export function formatActivitySince(session: ActivityFields, now: number, compact = false): string {
  const { activity, waiting_for, waiting_since, not_seen_since, claude_code } = session
  if (isUnseen(session) && not_seen_since !== undefined) return formatFor('', not_seen_since, now, compact)
  const text = formatActivity(session)
  const since = activity === 'waiting' ? (waiting_since ?? claude_code?.activity_since) : activity && claude_code?.activity_since
  if (since === undefined || text === '') return text
  const short = activity === 'waiting' && waiting_for !== undefined && waiting_for !== 'other' ? waiting_for : text
  return formatFor(compact ? short : text, since, now, compact)
}

function formatFor(text: string, since: string, now: number, compact: boolean): string {
  const span = Math.max(0, now - Date.parse(since))
  return `${text} ${compact ? formatRoughDuration(span) : `for ${formatDuration(span)}`}`.trimStart()
}
