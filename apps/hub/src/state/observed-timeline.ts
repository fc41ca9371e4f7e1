import type { SessionSource } from '@signalbox/contract/claude-session'
import type { Activity, WaitingFor } from '@signalbox/contract/session'
import type { ObservedEvent, SessionObservation } from '@signalbox/contract/session-observation'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { instantOf } from '../clock.ts'
import type { ObservedRow } from './change-set.ts'
import { believedActivitySource } from './session-source-rule.ts'

/** What a stored observation says for the timeline. */
interface ObservedFact {
  readonly source: SessionSource
  readonly activity?: Activity
  readonly waiting_for?: WaitingFor
  readonly event?: ObservedEvent
}

/** @param isNews whether the activity of the observation is another one than its source reported before */
export function observedRow(observation: SessionObservation, at: number, isNews: boolean): ObservedRow | undefined {
  const { session_id, observation_id, source, activity, waiting_for, event } = observation
  const hasActivity = activity !== undefined && isNews
  if (!hasActivity && event === undefined) return undefined
  const fact: ObservedFact = {
    source,
    ...(hasActivity ? { activity, ...(activity === 'waiting' ? { waiting_for: waiting_for ?? 'other' } : {}) } : {}),
    ...(event === undefined ? {} : { event }),
  }
  return { session_id, observation_id, at, data: JSON.stringify(fact) }
}

/** Within this time, an event of the same kind from a more exact source is the same event. */
const ECHO_MS = 3_000
/** Sources of events, most exact first. */
const eventRanks: readonly SessionSource[] = ['hook', 'run', 'process-file', 'transcript']

interface DatedFact extends ObservedFact {
  readonly at: number
}

/** Leaves out events that a more exact source has reported too: a prompt is in the transcript and known by its hook. */
function withoutEchoes(facts: readonly DatedFact[]): DatedFact[] {
  const rank = ({ source }: ObservedFact) => (eventRanks.includes(source) ? eventRanks.indexOf(source) : eventRanks.length)
  const byKind = Map.groupBy(
    facts.filter(({ event }) => event !== undefined),
    ({ event }) => event!.kind,
  )
  const echoes = new Set<DatedFact>()
  for (const ofKind of byKind.values()) {
    let from = 0
    for (const fact of ofKind) {
      while (ofKind[from]!.at < fact.at - ECHO_MS) from++
      for (let other = from; other < ofKind.length && ofKind[other]!.at <= fact.at + ECHO_MS; other++) {
        if (rank(ofKind[other]!) < rank(fact)) {
          echoes.add(fact)
          break
        }
      }
    }
  }
  return facts.map((fact) => (echoes.has(fact) ? withoutEvent(fact) : fact))
}

function withoutEvent({ event: _, ...fact }: DatedFact): DatedFact {
  return fact
}

/**
 * The rows of the timeline: what happened, and each change of the activity that is believed, dated when it happened, so
 * that the time for which a session waited can be worked out.
 * @param rows oldest first
 * @param ends when the session ended: an activity from before does not last
 */
export function observedTimeline(rows: readonly ObservedRow[], ends: readonly number[]): TimelineRow[] {
  const timeline: TimelineRow[] = []
  const reported: { [Source in SessionSource]?: readonly [activity: string, at: number] } = {}
  let shown: { readonly activity: Activity; readonly waiting_for?: WaitingFor | undefined } | undefined
  const facts = new Map<SessionSource, ObservedFact>()
  let end = 0
  for (const fact of withoutEchoes(rows.map(({ at, data }) => ({ ...(JSON.parse(data) as ObservedFact), at })))) {
    const { at } = fact
    for (; end < ends.length && ends[end]! < at; end++) {
      facts.clear()
      for (const source of Object.keys(reported)) delete reported[source as SessionSource]
      shown = undefined
    }
    if (fact.activity !== undefined) {
      reported[fact.source] = [fact.activity, at]
      facts.set(fact.source, fact)
      const source = believedActivitySource(reported, true)!
      const { activity, waiting_for } = facts.get(source)!
      if (activity !== undefined && (shown?.activity !== activity || shown.waiting_for !== waiting_for)) {
        timeline.push({
          at: instantOf(at),
          type: 'session.activity',
          ...(shown === undefined ? {} : { from: shown.activity }),
          to: activity,
          ...(waiting_for === undefined ? {} : { reason: waiting_for }),
          source,
        })
        shown = { activity, waiting_for }
      }
    }
    if (fact.event !== undefined) {
      const { kind, ...details } = fact.event
      timeline.push({ at: instantOf(at), type: `observed.${kind}`, ...details, source: fact.source })
    }
  }
  return timeline
}
