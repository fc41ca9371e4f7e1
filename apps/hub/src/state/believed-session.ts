import {
  type ClaudeField,
  type ClaudeSession,
  claudeFields,
  type SessionSource,
  type SessionSourceRow,
  sessionSources,
} from '@signalbox/contract/claude-session'
import { instantOf } from '../clock.ts'
import { type DatedActivity, type DatedEnd, type ObservedState, sourcesOf, subagentsOf, tasksOf } from './observed-state.ts'
import { believedActivitySource, believedSource, visibleFields } from './session-source-rule.ts'

/**
 * How long the process of a session may live on after the session has ended: it runs its last hooks. A proof of life from
 * this time does not mean that the session was resumed.
 */
const SHUTDOWN_MS = 5_000

type EndState = Pick<ObservedState, 'ends' | 'inferredEnds'>
type LifeState = Pick<ObservedState, 'alive' | 'starts'>

/** `client`: a request that ended the session. */
export interface BelievedEnd extends DatedEnd {
  readonly source: SessionSource | 'client'
}

/** Whether the process was gone when this source reported the end. */
function sawProcessGone(source: BelievedEnd['source']): boolean {
  return source !== 'hook' && source !== 'client'
}

/** How long after an end that `end` reported a proof of life by `source` still belongs to the process that ended. */
function graceOf(source: SessionSource, end: BelievedEnd['source']): number {
  // A hook runs only in a session that has begun again.
  if (source === 'hook') return 0
  // Telemetry is of the process itself. A transcript dates the end of a `-p` by its last row, and the process reports more after it.
  if (source === 'telemetry') return SHUTDOWN_MS
  return sawProcessGone(end) ? 0 : SHUTDOWN_MS
}

/** The instant at which a session that had ended so was seen alive again; undefined when it was not. */
export function resumedAt({ alive, starts }: LifeState, end: Pick<BelievedEnd, 'at' | 'source'>): number | undefined {
  let first: number | undefined
  const consider = (at: number | undefined, graceMs: number) => {
    if (at !== undefined && at > end.at + graceMs && (first === undefined || at < first)) first = at
  }
  for (const source of sessionSources) {
    consider(alive[source], graceOf(source, end.source))
    // A process that begins is not the one that has ended.
    consider(starts?.[source], 0)
  }
  return first
}

/** Ends of these sources have the reason; the others only see that the process is gone. */
const reasonSources: readonly SessionSource[] = ['hook', 'run']

/** All ends that were reported, each with its source. */
function endsOf({ ends, inferredEnds }: EndState): (DatedEnd & { readonly source: SessionSource })[] {
  return sessionSources.flatMap((source) =>
    [ends[source], inferredEnds[source]].flatMap((end) => (end === undefined ? [] : [{ ...end, source }])),
  )
}

/**
 * The end that nothing has outlived: that of a source which knows the reason, else the newest one, and one that was only
 * inferred where there is no other.
 * @param since what was reported up to this instant is settled: the session was recovered then
 */
export function believedEnd(state: EndState & LifeState, since = Number.NEGATIVE_INFINITY): BelievedEnd | undefined {
  let best: BelievedEnd | undefined
  for (const end of endsOf(state)) {
    if (end.at <= since || resumedAt(state, end) !== undefined) continue
    if (best === undefined || isBetterEnd(end, best)) best = end
  }
  return best
}

function isBetterEnd(a: BelievedEnd, b: BelievedEnd): boolean {
  if (a.inferred !== b.inferred) return b.inferred === true
  const [knowsA, knowsB] = [a, b].map(({ source }) => reasonSources.includes(source as SessionSource))
  return knowsA === knowsB ? a.at > b.at : knowsA!
}

/** When the session ended last, resumed since or not. */
export function lastEndAt(state: EndState): number | undefined {
  const all = endsOf(state).map(({ at }) => at)
  return all.length === 0 ? undefined : Math.max(...all)
}

/** The believed activity, and its source. @param confirmed whether a collector confirms the file of the process now */
export function believedActivity(
  state: EndState & LifeState & Pick<ObservedState, 'activity'>,
  confirmed: boolean,
): { source: SessionSource; value: DatedActivity } | undefined {
  const endedAt = lastOutlivedEnd(state) ?? Number.NEGATIVE_INFINITY
  const source = believedActivitySource(state.activity, confirmed, endedAt)
  if (source === undefined) return undefined
  const [activity, at, waitingFor, since] = state.activity[source]!
  // The same activity as before an end began anew when the session was resumed.
  return { source, value: [activity, at, waitingFor, since > endedAt ? since : at] }
}

/** The newest end after which the session was seen alive, less the time for which its process may have lived on. */
function lastOutlivedEnd(state: EndState & LifeState): number | undefined {
  let last: number | undefined
  for (const end of endsOf(state)) {
    if (resumedAt(state, end) === undefined) continue
    if (last === undefined || end.at > last) last = end.at
  }
  return last
}

/** The believed values of a session. @param live whether the session lives, and has an activity */
export function believedSession(state: ObservedState, live: boolean): ClaudeSession {
  const values: Partial<Record<ClaudeField, unknown>> = {}
  for (const field of claudeFields) {
    const reported = state.fields[field]
    const source = reported && believedSource(field, reported)
    if (source !== undefined) values[field] = reported![source]![0]
  }
  const { all, running } = subagentsOf(state, live ? lastOutlivedEnd(state) : lastEndAt(state))
  return {
    ...(values as Pick<ClaudeSession, ClaudeField>),
    ...(live && state.shown !== undefined ? { activity_since: instantOf(state.shown.value[3]) } : {}),
    subagents_running: running,
    subagents: all,
    tasks: tasksOf(state),
    sources: sourcesOf(state),
  }
}

/** Whether people see a difference; counters alone make none. */
export function differsVisibly(a: ClaudeSession, b: ClaudeSession): boolean {
  const shown = (session: ClaudeSession) =>
    JSON.stringify([
      ...visibleFields.map((field) => session[field] ?? null),
      session.subagents_running,
      session.subagents.length,
      session.tasks,
      session.sources,
    ])
  return shown(a) !== shown(b)
}

/** What each source reports about each field, in the order of the contract. */
export function sourceRows(state: ObservedState): SessionSourceRow[] {
  const rows: SessionSourceRow[] = []
  const add = (field: string, source: SessionSource, value: string | number | null, at: number, believed: boolean) =>
    rows.push({ field, source, value, at: instantOf(at), believed })
  for (const source of sessionSources) {
    const value = state.activity[source]
    if (value === undefined) continue
    const believed = state.shown?.source === source
    add('activity', source, value[0], value[1], believed)
    if (value[2] !== null) add('waiting_for', source, value[2], value[1], believed)
  }
  for (const field of claudeFields) {
    const reported = state.fields[field] ?? {}
    const believed = believedSource(field, reported)
    for (const source of sessionSources) {
      const value = reported[source]
      if (value !== undefined) add(field, source, value[0], value[1], source === believed)
    }
  }
  const newestAlive = Math.max(...Object.values(state.alive))
  for (const source of sessionSources) {
    const at = state.alive[source]
    if (at !== undefined) add('alive', source, 'alive', at, at === newestAlive)
  }
  const end = believedEnd(state)
  for (const known of endsOf(state)) {
    const isBelieved = end !== undefined && end.source === known.source && end.inferred === known.inferred
    add('end', known.source, `${known.outcome}: ${known.reason}`, known.at, isBelieved)
  }
  return rows
}
