import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { type Gap, gapAt } from './gap.ts'
import type { ShownSessions } from './shown-sessions.ts'
import { isSameActivity, type TrueChange, type TrueState } from './true-sessions.ts'

/** A state of a session that its timeline does not have. */
export interface Missing {
  readonly sessionId: string
  readonly what: string
  readonly at: string
  readonly rows: readonly string[]
}

/** A state that lasts less may be replaced before any watcher of a file can read it. */
const SHORTEST_STATE_MS = 1_000
/** By the hook of the same change, a state may begin a little before the client writes its file. */
const TOLERANCE_MS = 2_000

/** A process that has ended is noticed within two seconds. */
const END_TOLERANCE_MS = 3_000

/**
 * Finds the states that are in no timeline: none may be lost, however long the hub was away. Only what came and went while no
 * collector ran is nowhere.
 */
export async function compareTimelines(changes: readonly TrueChange[], shown: ShownSessions, gaps: readonly Gap[]): Promise<Missing[]> {
  const bySession = Map.groupBy(changes, ({ sessionId }) => sessionId)
  const missing: Missing[] = []
  for (const [sessionId, own] of bySession) {
    const timeline = await shown.timeline(sessionId)
    for (const [index, { at, isExact, knownAt, state }] of own.entries()) {
      const until = own[index + 1]?.at ?? Number.POSITIVE_INFINITY
      const wasUnwatched = gaps.some(({ from, to }) => knownAt > from && until < to)
      if (state.status !== 'active') {
        const gap = gapAt(gaps, knownAt)
        // It came and went while no collector ran, or was resumed before one could see that its process was gone.
        if (gap !== undefined && ((own[index - 1]?.at ?? 0) > gap.from || until < gap.to)) continue
        // The collector that starts then notices the end.
        const latest = (gap?.to ?? at) + END_TOLERANCE_MS
        // The session that a client leaves has ended when its hook says so, and its file follows, by seconds on a busy machine.
        const earliest = Math.min(at - END_TOLERANCE_MS, (own[index - 1]?.at ?? at) - TOLERANCE_MS)
        const isInTimeline = (row: TimelineRow) =>
          isEnd(row, state.status, earliest, latest) ||
          // After an outage one source may say that the session was resumed before another has said that it had ended, or that it has
          // ended again before another has said that it was resumed: then its status did not change, and the timeline has the end itself.
          (row.type === 'observed.ended' && Math.abs(Date.parse(row.at) - at) <= END_TOLERANCE_MS)
        if (!timeline.some(isInTimeline)) {
          missing.push({ sessionId, what: state.status, at: new Date(at).toISOString(), rows: describe(timeline, at) })
        }
        continue
      }
      const isSame = isSameActivity(own[index - 1]?.state, state)
      if (!isExact || isSame || state.activity === undefined || wasUnwatched || until - at < SHORTEST_STATE_MS) continue
      // The file of a client says only since when it does what it does now: what the collector then reads may be the next of its kind.
      const latest = Math.max(at, gapAt(gaps, knownAt)?.to ?? 0) + TOLERANCE_MS
      const isNear = (row: TimelineRow) => Date.parse(row.at) >= at - TOLERANCE_MS && Date.parse(row.at) <= latest
      const isRow = timeline.some((row) => isActivity(row, state) && isNear(row))
      if (isRow || isShownAlready(timeline, state, at)) continue
      missing.push({
        sessionId,
        what: `${state.activity} ${state.waiting_for ?? ''}`.trim(),
        at: new Date(at).toISOString(),
        rows: describe(timeline, at),
      })
    }
  }
  return missing
}

function isEnd({ type, to, at }: TimelineRow, status: string, from: number, until: number): boolean {
  return type === 'session.status' && to === status && Date.parse(at) >= from && Date.parse(at) <= until
}

/** What the timeline has around that time instead. */
function describe(timeline: readonly TimelineRow[], at: number): string[] {
  const near = timeline.filter((row) => Math.abs(Date.parse(row.at) - at) < 5_000)
  return near.map(({ at: when, type, to = '', reason = '' }) => `${when} ${type} ${to} ${reason}`.trimEnd())
}

function isActivity({ type, to, reason }: TimelineRow, { activity, waiting_for }: TrueState): boolean {
  return type === 'session.activity' && to === activity && reason === waiting_for
}

/** Whether another source has said so before: a hook says that a turn has ended before the client writes its file. */
function isShownAlready(timeline: readonly TimelineRow[], state: TrueState, at: number): boolean {
  const before = timeline.filter((row) => Date.parse(row.at) <= at)
  const started = before.findLastIndex(({ type, to }) => type === 'session.created' || (type === 'session.status' && to === 'active'))
  const last = before.slice(started + 1).findLast(({ type }) => type === 'session.activity')
  return last !== undefined && isActivity(last, state)
}
