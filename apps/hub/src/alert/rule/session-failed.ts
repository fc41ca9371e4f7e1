import { matchesAny } from '@signalbox/usage/name-pattern'
import { isLive } from '../../state/transition.ts'
import { FAILED_FOR_MS } from '../facts.ts'
import type { Parameters } from './parameters.ts'
import { sessionKind } from './session-kind.ts'
import { oneLine, sessionWords } from './words.ts'

export const sessionFailed = sessionKind<Parameters<'session_failed'>>({
  kind: 'session_failed',
  severity: 'warning',
  judge(session, _, { reasons }, now) {
    if (isLive(session.status)) return { verdict: 'clear' }
    const failedAt = session.completed_at ?? session.updated_at
    // A session that failed long ago, or was archived, did not recover: it is no news any more.
    if (session.status !== 'failed' || now - failedAt > FAILED_FOR_MS) return { verdict: 'gone' }
    const reason = session.failure_reason ?? ''
    if (reasons.length > 0 && !matchesAny(reasons, reason)) return { verdict: 'clear' }
    return {
      verdict: 'holds',
      since: failedAt,
      severity: 'warning',
      summary: `${sessionWords(session)} has failed${reason === '' ? '' : `: ${oneLine(reason)}`}`,
      values: { reason: oneLine(reason) },
    }
  },
})
