import type { Parameters } from './parameters.ts'
import { judgeLasting, sessionKind } from './session-kind.ts'
import { durationText, instantValue, sessionWords } from './words.ts'

const needs = { permission: 'permission', input: 'input', other: 'a person' } as const

export const sessionWaiting = sessionKind<Parameters<'session_waiting'>>({
  kind: 'session_waiting',
  severity: 'warning',
  judge(session, facts, { after_ms: afterMs, for: wanted }, now) {
    const waitingFor = session.waiting_for ?? 'other'
    const isMeant = session.activity === 'waiting' && (wanted === 'any' || wanted === waitingFor)
    const since = isMeant ? (session.waiting_since ?? session.updated_at) : undefined
    return judgeLasting(session, facts, { since, afterMs, now }, (at) => ({
      verdict: 'holds',
      since: at,
      severity: 'warning',
      summary: `${sessionWords(session)} is waiting for ${needs[waitingFor]}${afterMs === 0 ? '' : `, for more than ${durationText(afterMs)}`}`,
      values: { waiting_for: waitingFor, waiting_since: instantValue(since!) },
    }))
  },
})
