import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import type { AlertFilter } from '@signalbox/contract/alert-rule-parameters'
import type { HubEvent } from '@signalbox/contract/event'
import { matchesFilter } from '@signalbox/usage/name-pattern'
import { isLive } from '../../state/transition.ts'
import type { WatchedSession } from '../../state/watched-session.ts'
import type { Facts } from '../facts.ts'
import type { RuleKind, Severity, Subject, Verdict } from './rule-kind.ts'

interface SessionKind<P> {
  readonly kind: AlertRuleKind
  readonly severity: Severity
  /** What is true of a session that the filter lets through. */
  judge(session: WatchedSession, facts: Facts, parameters: P, now: number): Promise<Verdict> | Verdict
}

type Filtered = { readonly filter?: AlertFilter | undefined }

/** A kind whose subjects are sessions. */
export function sessionKind<P extends Filtered>({ kind, severity, judge }: SessionKind<P>): RuleKind<P, Facts> {
  return {
    kind,
    severity,
    touched: sessionOfEvent,
    async subjects(facts, { filter }) {
      const sessions = [...(await facts.sessions()).values()]
      return sessions.filter((session) => matchesFilter(filter, session)).map(sessionSubject)
    },
    async judge(subject, facts, parameters, now) {
      const session = await facts.session(subject.key)
      if (session === undefined || !matchesFilter(parameters.filter, session)) return { verdict: 'gone' }
      return judge(session, facts, parameters, now)
    },
  }
}

export function sessionSubject({
  session_id,
  project_id,
  machine_id,
}: Pick<WatchedSession, 'session_id' | 'project_id' | 'machine_id'>): Subject {
  return { key: session_id, about: { session_id, project_id, machine_id } }
}

function sessionOfEvent({ event, data }: HubEvent): Subject[] {
  const { session_id, project_id, machine_id } = data as Partial<Record<string, string>>
  if (!event.startsWith('session.') || event === 'session.heartbeat' || session_id === undefined) return []
  return [
    {
      key: session_id,
      about: { session_id, ...(project_id === undefined ? {} : { project_id }), ...(machine_id === undefined ? {} : { machine_id }) },
    },
  ]
}

/**
 * A state of a live session that is worth an alert after a time.
 * @param since when the session came into that state; undefined when it is not in it
 */
export async function judgeLasting(
  session: WatchedSession,
  facts: Facts,
  { since, afterMs, now }: { readonly since: number | undefined; readonly afterMs: number; readonly now: number },
  holds: (since: number) => Extract<Verdict, { verdict: 'holds' }>,
): Promise<Verdict> {
  if (!isLive(session.status)) return { verdict: 'gone' }
  if (since === undefined) return { verdict: 'clear' }
  if (session.status === 'stalled') return { verdict: 'unknown', reason: 'The session is stalled' }
  if (session.not_seen_since !== null) return { verdict: 'unknown', reason: 'Nothing that observes the session is in contact' }
  const at = since + afterMs
  if (now < at) return { verdict: 'clear', next_at: at }
  // What the session did while the hub was away has not arrived yet.
  return (await judgePause(facts, now)) ?? holds(at)
}

/** How long after the end of a pause its event is there, in milliseconds: the monitor checks once a second. */
const RESUME_MS = 2_000

/** While the monitor is paused, silence says nothing; what it held back is judged when it goes on. */
export async function judgePause(facts: Facts, now: number): Promise<Extract<Verdict, { verdict: 'unknown' }> | undefined> {
  const pause = await facts.pause()
  return pause && { verdict: 'unknown', reason: 'The monitor is paused', next_at: Math.max(pause.until, now) + RESUME_MS }
}
