import { needsAttention, toSessionState } from '@signalbox/client/session-state'
import { isUnseen } from './alert-action.ts'
import { attentionSince, type Fleet, type FleetAlert, type FleetSession } from './fleet.ts'

/** What each session has needed before, so that one need is notified of once. */
export type KnownNeeds = ReadonlyMap<string, string>

/** The need of each session that has one: another wait, another failure is another need. */
export function needsOf(fleet: Fleet): Map<string, string> {
  return new Map([...fleet.sessions.values()].filter(needsAttention).map((session) => [session.session_id, needOf(session)]))
}

function needOf(session: FleetSession): string {
  return `${toSessionState(session)} ${session.attempt} ${attentionSince(session)}`
}

/**
 * The sessions that need someone and did not before.
 * @param known undefined at the start, of which nothing is said: the tree shows it
 */
export function findNews(known: KnownNeeds | undefined, fleet: Fleet): FleetSession[] {
  if (known === undefined) return []
  return fleet.attention().filter((session) => known.get(session.session_id) !== needOf(session))
}

/** Whether a session still has the need that was found before. */
export function isStillNeeded(fleet: Fleet, before: FleetSession): boolean {
  const now = fleet.sessions.get(before.session_id)
  return now !== undefined && needsAttention(now) && needOf(now) === needOf(before)
}

/**
 * The alerts that opened since, without those about a session whose need was notified of by itself.
 * @param known undefined at the start, of which nothing is said
 * @param notified the needs that were notified of, as `needsOf` has them
 */
export function findAlertNews(known: ReadonlySet<string> | undefined, fleet: Fleet, notified: KnownNeeds, now: number): FleetAlert[] {
  if (known === undefined) return []
  return [...fleet.alerts.values()].filter((alert) => {
    if (known.has(alert.alert_id) || !isUnseen(alert, now)) return false
    const session = fleet.sessions.get(alert.about.session_id ?? '')
    return session === undefined || !needsAttention(session) || notified.get(session.session_id) !== needOf(session)
  })
}
