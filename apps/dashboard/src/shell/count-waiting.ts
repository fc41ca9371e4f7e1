import type { Alert, BoardSession } from '../hub/answer.ts'
import { needsAttention } from '../sessions/session-state.ts'

interface Waiting {
  readonly sessions: Iterable<BoardSession>
  /** Open alerts. */
  readonly alerts: readonly Pick<Alert, 'about' | 'acknowledged' | 'snoozed'>[]
  /** Of all open alerts, when there are more than are listed. */
  readonly alertCount: number
  /** Open questions that may be answered here. */
  readonly questions: readonly { readonly session_id: string }[]
}

/**
 * What waits for a person, each thing once: sessions that need attention or ask, and open alerts that are about none of them and
 * that no one has acknowledged or snoozed.
 */
export function countWaiting({ sessions, alerts, alertCount, questions }: Waiting): number {
  const waiting = new Set(questions.map(({ session_id }) => session_id))
  for (const session of sessions) if (needsAttention(session)) waiting.add(session.session_id)
  const others = alerts.filter(
    ({ about, acknowledged, snoozed }) =>
      acknowledged === undefined && snoozed === undefined && (about.session_id === undefined || !waiting.has(about.session_id)),
  )
  return waiting.size + others.length + Math.max(0, alertCount - alerts.length)
}
