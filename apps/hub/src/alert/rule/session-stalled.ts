import { isLive } from '../../state/transition.ts'
import type { Parameters } from './parameters.ts'
import { judgePause, sessionKind } from './session-kind.ts'
import { instantValue, sessionWords } from './words.ts'

export const sessionStalled = sessionKind<Parameters<'session_stalled'>>({
  kind: 'session_stalled',
  severity: 'warning',
  async judge(session, facts, _, now) {
    // It did not recover by ending.
    if (!isLive(session.status)) return { verdict: 'gone' }
    if (session.not_seen_since !== null) return { verdict: 'unknown', reason: 'Nothing that observes the session is in contact' }
    if (session.status !== 'stalled') return { verdict: 'clear' }
    const paused = await judgePause(facts, now)
    if (paused !== undefined) return paused
    const since = session.stalled_at ?? session.updated_at
    return {
      verdict: 'holds',
      since,
      severity: 'warning',
      summary: `${sessionWords(session)} is stalled`,
      values: { stalled_since: instantValue(since) },
    }
  },
})
