import type { Parameters } from './parameters.ts'
import { judgeLasting, sessionKind } from './session-kind.ts'
import { durationText, instantValue, sessionWords } from './words.ts'

export const sessionIdle = sessionKind<Parameters<'session_idle'>>({
  kind: 'session_idle',
  severity: 'info',
  judge(session, facts, { after_ms: afterMs }, now) {
    // A client does not say since when: the session's last change is not before that.
    const since = session.activity === 'idle' ? (session.activity_since ?? session.updated_at) : undefined
    return judgeLasting(session, facts, { since, afterMs, now }, (at) => ({
      verdict: 'holds',
      since: at,
      severity: 'info',
      summary: `${sessionWords(session)} is idle${afterMs === 0 ? '' : `, for more than ${durationText(afterMs)}`}`,
      values: { idle_since: instantValue(since!) },
    }))
  },
})
