import {
  type ClaudeField,
  type ClaudeTask,
  MAX_CLAUDE_TASKS,
  MAX_SUBAGENTS,
  type SessionSource,
  type Subagent,
  sessionSources,
} from '@signalbox/contract/claude-session'
import type { Activity, WaitingFor } from '@signalbox/contract/session'
import type { ObservedEnd, SessionObservation } from '@signalbox/contract/session-observation'
import type { BySource, Dated } from './session-source-rule.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type FieldValue = string | number | null

/** An activity as one source reports it: when it was reported last, and since when it has lasted. */
export type DatedActivity = readonly [activity: Activity, at: number, waitingFor: WaitingFor | null, since: number]

/** A subagent by its newest start and its newest end, in milliseconds. */
interface KnownSubagent {
  readonly type?: string | undefined
  readonly parent?: string | undefined
  readonly started?: number | undefined
  readonly ended?: number | undefined
}

export interface DatedEnd extends ObservedEnd {
  readonly at: number
}

/**
 * What the sources have reported about a session, stored with it as JSON; instants are milliseconds. It keeps the newest
 * value of each field and source, so it is the same in whatever order, and however often, the observations came.
 */
export interface ObservedState {
  readonly fields: { [Field in ClaudeField]?: Mutable<BySource<Dated<FieldValue>>> }
  readonly activity: Mutable<BySource<DatedActivity>>
  /** The last proof of each source that the process lives. */
  readonly alive: Mutable<BySource<number>>
  /** The newest start of each source: a process that began, or went over to the session. */
  starts?: Mutable<BySource<number>>
  readonly ends: Mutable<BySource<DatedEnd>>
  /** Ends that a source has only inferred. */
  readonly inferredEnds: Mutable<BySource<DatedEnd>>
  /** The newest observation of each source. */
  readonly reported: Mutable<BySource<number>>
  readonly subagents: { [id: string]: KnownSubagent }
  /** The newest list of all subagents that run. */
  running?: { readonly at: number; readonly ids: readonly string[] }
  readonly tasks: { [id: string]: Omit<ClaudeTask, 'task_id'> & { readonly at: number } }
  /** When the newest whole list of tasks was reported: those that are older are gone. */
  tasksAt?: number
  /** The newest observations from clocks that were ahead: each was dated to the time of its arrival, and arrives once. */
  ahead?: readonly AheadObservation[]
  /** The session was created by an observation, and no client has claimed it. */
  created?: true
  /** The activity that the session got from here last: a client may have set another one since. */
  shown?: { readonly source: SessionSource; readonly value: DatedActivity }
}

/** An observation from the future, as it was reported and as it counts. */
interface AheadObservation {
  readonly id: string
  readonly source: SessionSource
  readonly reported: number
  readonly at: number
}

/** The most observations from the future that are kept: a sender repeats its last ones. */
const MAX_AHEAD = 50

export function emptyObservedState(): ObservedState {
  return { fields: {}, activity: {}, alive: {}, ends: {}, inferredEnds: {}, reported: {}, subagents: {}, tasks: {} }
}

export function readObserved(stored: string | null): ObservedState {
  return stored === null ? emptyObservedState() : (JSON.parse(stored) as ObservedState)
}

/**
 * Dates what lies in the future, because the clock of the hub was set back, to now, in place. Otherwise nothing newer would
 * be believed for that long.
 */
export function clampFuture(state: ObservedState, now: number): void {
  if (Object.values(state.reported).every((at) => at <= now)) return
  const clamp = (at: number) => Math.min(at, now)
  for (const source of sessionSources) {
    for (const values of [state.reported, state.alive, state.starts ?? {}]) {
      if (values[source] !== undefined) values[source] = clamp(values[source])
    }
    const activity = state.activity[source]
    if (activity !== undefined) state.activity[source] = [activity[0], clamp(activity[1]), activity[2], clamp(activity[3])]
    for (const ends of [state.ends, state.inferredEnds]) {
      const end = ends[source]
      if (end !== undefined) ends[source] = { ...end, at: clamp(end.at) }
    }
    for (const values of Object.values(state.fields)) {
      const value = values[source]
      if (value !== undefined) values[source] = [value[0], clamp(value[1])]
    }
  }
  for (const [id, task] of Object.entries(state.tasks)) set(state.tasks, id, { ...task, at: clamp(task.at) })
  for (const [id, { started, ended, ...agent }] of Object.entries(state.subagents)) {
    const dated = { ...(started === undefined ? {} : { started: clamp(started) }), ...(ended === undefined ? {} : { ended: clamp(ended) }) }
    set(state.subagents, id, { ...agent, ...dated })
  }
  if (state.running !== undefined) state.running = { ...state.running, at: clamp(state.running.at) }
  if (state.tasksAt !== undefined) state.tasksAt = clamp(state.tasksAt)
  if (state.ahead !== undefined) state.ahead = state.ahead.map((one) => ({ ...one, at: clamp(one.at) }))
}

/**
 * The instant at which an observation counts: a machine whose clock is ahead does not overrule the others for hours. What
 * the same source reported of the same instant counts as it did before, though time has passed.
 * @returns undefined for one that has arrived already
 */
export function countedAt(state: ObservedState, { observation_id: id, source, at }: SessionObservation, now: number): number | undefined {
  const reported = Date.parse(at)
  const same = state.ahead?.filter((one) => one.source === source && one.reported === reported) ?? []
  if (same.some((one) => one.id === id)) return undefined
  const counted = same[0]?.at ?? Math.min(reported, now)
  if (counted < reported) state.ahead = [...(state.ahead ?? []), { id, source, reported, at: counted }].slice(-MAX_AHEAD)
  return counted
}

export function writeObserved(state: ObservedState): string {
  return JSON.stringify(state)
}

/**
 * Adds an observation to the state, in place.
 * @param at of the observation, which is not in the future
 * @returns whether its activity is news: a source that repeats itself is not
 */
export function addObservation(state: ObservedState, observation: SessionObservation, at: number): boolean {
  const { source, fields, activity, waiting_for, alive, end, event } = observation
  state.reported[source] = Math.max(at, state.reported[source] ?? at)
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === undefined) continue
    const field = name as ClaudeField
    state.fields[field] ??= {}
    const known = state.fields[field][source]
    if (known === undefined || known[1] <= at) state.fields[field][source] = [value, at]
  }
  if (alive === true) {
    state.alive[source] = Math.max(at, state.alive[source] ?? at)
    if (event?.kind === 'started') state.starts = { ...state.starts, [source]: Math.max(at, state.starts?.[source] ?? at) }
  }
  if (end !== undefined) {
    const ends = end.inferred ? state.inferredEnds : state.ends
    const known = ends[source]
    if (known === undefined || known.at <= at) ends[source] = { at, ...end }
  }
  addSubagents(state, observation, at)
  addTasks(state, observation, at)
  if (activity === undefined) return false
  // The same activity as before an end is news: it begins anew.
  const reportedAt = state.activity[source]?.[1]
  const endedSince = reportedAt !== undefined && hasEndBetween(state, reportedAt, at)
  return addActivity(state, source, activity, activity === 'waiting' ? (waiting_for ?? 'other') : null, at) || endedSince
}

function hasEndBetween({ ends, inferredEnds }: ObservedState, from: number, to: number): boolean {
  return [ends, inferredEnds].some((all) => Object.values(all).some(({ at }) => from <= at && at < to))
}

function addActivity(state: ObservedState, source: SessionSource, activity: Activity, waitingFor: WaitingFor | null, at: number): boolean {
  const known = state.activity[source]
  const isSame = known !== undefined && known[0] === activity && known[2] === waitingFor
  if (known === undefined || known[1] <= at) {
    state.activity[source] = [activity, at, waitingFor, isSame ? known[3] : at]
    return !isSame
  }
  // A late report of something else: what lasts now began after it.
  if (!isSame && known[3] <= at) state.activity[source] = [known[0], known[1], known[2], known[1]]
  return true
}

function addSubagents(state: ObservedState, { subagents = [], subagents_running }: SessionObservation, at: number): void {
  if (subagents_running !== undefined && (state.running === undefined || state.running.at <= at)) {
    state.running = { at, ids: [...subagents_running].sort() }
  }
  if (subagents.length === 0) return
  for (const { agent_id, agent_type, parent_agent_id, started_at, ended_at } of subagents) {
    const known = Object.hasOwn(state.subagents, agent_id) ? state.subagents[agent_id]! : {}
    set(state.subagents, agent_id, {
      type: later(known.type, agent_type),
      parent: later(known.parent, parent_agent_id),
      started: later(known.started, instant(started_at, at)),
      ended: later(known.ended, instant(ended_at, at)),
    })
  }
  const all = Object.entries(state.subagents)
  if (all.length <= MAX_SUBAGENTS) return
  // Those that ended go first, the longest ago before the others.
  const age = ({ started = 0, ended }: KnownSubagent) => (ended !== undefined && ended >= started ? ended : Number.MAX_SAFE_INTEGER)
  all.sort(([a, x], [b, y]) => age(x) - age(y) || (x.started ?? 0) - (y.started ?? 0) || (a < b ? -1 : 1))
  for (const [id] of all.slice(0, all.length - MAX_SUBAGENTS)) delete state.subagents[id]
}

function addTasks(state: ObservedState, { tasks, all_tasks }: SessionObservation, at: number): void {
  if (tasks === undefined && all_tasks !== true) return
  if (all_tasks === true) state.tasksAt = Math.max(at, state.tasksAt ?? at)
  for (const { task_id, name, status } of tasks ?? []) {
    const known = Object.hasOwn(state.tasks, task_id) ? state.tasks[task_id] : undefined
    if (known === undefined || known.at <= at) set(state.tasks, task_id, { name, status, at })
  }
  const oldest = state.tasksAt ?? Number.NEGATIVE_INFINITY
  for (const [id, task] of Object.entries(state.tasks)) if (task.at < oldest) delete state.tasks[id]
  const all = Object.entries(state.tasks)
  if (all.length <= MAX_CLAUDE_TASKS) return
  const rank = (status: ClaudeTask['status']) => (status === 'completed' ? 0 : 1)
  all.sort(([a, x], [b, y]) => rank(x.status) - rank(y.status) || x.at - y.at || (a < b ? -1 : 1))
  for (const [id] of all.slice(0, all.length - MAX_CLAUDE_TASKS)) delete state.tasks[id]
}

/** An id may be `__proto__`. */
function set<T>(record: { [id: string]: T }, id: string, value: T): void {
  Object.defineProperty(record, id, { value, writable: true, enumerable: true, configurable: true })
}

/** The later instant; of two texts the one that sorts last, so that the order of arrival does not matter. */
function later<T extends number | string>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b > a ? b : a
}

/** A start or an end cannot be later than its observation. */
function instant(text: string | undefined, at: number): number | undefined {
  return text === undefined ? undefined : Math.min(Date.parse(text), at)
}

/** The subagents as they are now. @param endedAt when the session ended last: its subagents ended with it */
export function subagentsOf({ subagents, running }: ObservedState, endedAt: number | undefined): { all: Subagent[]; running: number } {
  const list = endedAt !== undefined && endedAt >= (running?.at ?? endedAt) ? { at: endedAt, ids: [] } : running
  const ids = new Set(list?.ids)
  const all = Object.entries(subagents).map(([agent_id, { type, parent, started, ended }]): Subagent => {
    const hasEnded = ended !== undefined && ended >= (started ?? ended)
    const isListed = ids.delete(agent_id)
    const endedAt = isListed
      ? hasEnded && ended >= list!.at
        ? ended
        : undefined
      : hasEnded
        ? ended
        : list !== undefined && (started ?? list.at) <= list.at
          ? list.at
          : undefined
    return {
      agent_id,
      ...(type === undefined ? {} : { agent_type: type }),
      ...(parent === undefined ? {} : { parent_agent_id: parent }),
      ...(started === undefined ? {} : { started_at: new Date(started).toISOString() }),
      ...(endedAt === undefined ? {} : { ended_at: new Date(endedAt).toISOString() }),
    }
  })
  for (const agent_id of ids) all.push({ agent_id })
  all.sort((a, b) => compare(a.started_at ?? '', b.started_at ?? '') || compare(a.agent_id, b.agent_id))
  return { all, running: all.filter(({ ended_at }) => ended_at === undefined).length }
}

/** The tasks that Claude Code keeps for itself; their ids are usually numbers. */
export function tasksOf({ tasks }: ObservedState): ClaudeTask[] {
  return Object.entries(tasks)
    .map(([task_id, { name, status }]) => ({ task_id, name, status }))
    .sort((a, b) => Number(a.task_id) - Number(b.task_id) || compare(a.task_id, b.task_id))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The sources that have reported, most exact first. */
export function sourcesOf({ reported }: ObservedState): SessionSource[] {
  return sessionSources.filter((source) => reported[source] !== undefined)
}
