import type { ClaudeSession, SessionSource } from '@signalbox/contract/claude-session'
import type { SessionStatus } from '@signalbox/contract/session'
import type { SessionObservation } from '@signalbox/contract/session-observation'
import { instantOf } from '../clock.ts'
import type { NewEvent } from '../event/new-event.ts'
import {
  type BelievedEnd,
  believedActivity,
  believedEnd,
  believedSession,
  differsVisibly,
  lastEndAt,
  resumedAt,
} from './believed-session.ts'
import type { ChangeSet, LoadedSession, ObservedRow, Rules } from './change-set.ts'
import { collectorTimeoutMs } from './machine-collector.ts'
import { emptyMetadata } from './metadata.ts'
import {
  addObservation,
  clampFuture,
  countedAt,
  emptyObservedState,
  type ObservedState,
  readObserved,
  writeObserved,
} from './observed-state.ts'
import { observedRow } from './observed-timeline.ts'
import { noHistory, readHistory, withTransition, writeHistory } from './session-history.ts'
import { registerMachine } from './session-machine.ts'
import { endSession } from './session-move.ts'
import { changedColumns, isWatchedByObservers, type SessionRecord, sessionEvent, updatedEvent } from './session-record.ts'
import type { TaskRecord } from './task-record.ts'
import { isLive, requireSessionMove } from './transition.ts'

/** The project of a session until an observation names it. */
export const UNKNOWN_PROJECT = 'unknown'
/** The interval at which hooks, the witness and others are expected to report, in milliseconds. */
const REPORT_INTERVAL_MS = 60_000
/** The sources that a collector reads. */
const collectorSources: readonly SessionSource[] = ['process-file', 'transcript', 'statusline']

/** The result of observations: an event for live streams, where only counters have changed. */
export interface Observed {
  readonly live?: NewEvent
}

interface Transition {
  readonly at: number
  readonly from: SessionStatus
  readonly to: SessionStatus
  readonly reason: string
}

/**
 * Applies observations of one session, of any age, in the order in which things happened. What is believed in the end does
 * not depend on how they were divided, ordered or repeated.
 * @param observations of this session, not empty
 * @param machineId of the machine that reports them
 */
export function observeSession(
  state: LoadedSession,
  observations: readonly SessionObservation[],
  machineId: string,
  now: number,
  rules: Rules,
): ChangeSet<Observed> {
  const before = state.session
  const known: ObservedState = before === undefined ? { ...emptyObservedState(), created: true } : readObserved(before.observed)
  clampFuture(known, now)
  const dated = inOrder(observations, known, now)
  const first = dated[0]
  // All of them have arrived before.
  if (first === undefined) return { events: [], result: {} }
  const draft = new Draft(before ?? newSession(first.observation, machineId, first.at, now), known, state.tasks)
  const collectorMs = collectorTimeoutMs(state.machine)
  const rows: ObservedRow[] = []
  for (const { observation, at } of dated) {
    const row = draft.add(observation, at, machineId, collectorTimeoutFor(observation, collectorMs), now)
    if (row !== undefined) rows.push(row)
  }
  const session = draft.finish(now, collectorMs)
  const tasks = draft.changedTasks
  const isHere = session.machine_id === machineId
  const { machine, events: machineEvents } = isHere ? registerMachine(state, machineId, now, rules) : { events: [] }
  const observed = rows.length === 0 ? {} : { observed: rows }
  if (before !== undefined && isSame(before, session)) return { ...observed, events: [], result: {} }
  const { events, live, visible } = eventsOf(before, session, draft.transitions)
  const written = { ...session, updated_at: visible ? now : session.updated_at, revision: (before?.revision ?? 0) + 1 }
  const stamp = ({ event, data }: NewEvent): NewEvent => ({
    event,
    data: { ...data, updated_at: instantOf(written.updated_at), revision: written.revision },
  })
  return {
    session: written,
    tasks,
    ...(machine === undefined ? {} : { machine }),
    ...observed,
    ...(isHere ? { machineHeartbeat: true as const } : {}),
    events: [...machineEvents, ...events.map(stamp), ...draft.taskEvents],
    result: live === undefined ? {} : { live: stamp(live) },
  }
}

/**
 * Applies observations of a session that the store may not have. An end or a figure of a session that no one saw alive says too
 * little to show it, and what is older than its removal was removed with it.
 * @param removedAt when the session was last removed
 */
export function observeUnknownSession(
  state: LoadedSession,
  observations: readonly SessionObservation[],
  machineId: string,
  now: number,
  rules: Rules,
  removedAt: number,
): ChangeSet<Observed> {
  // Another request has created it meanwhile.
  if (state.session !== undefined) return observeSession(state, observations, machineId, now, rules)
  const since = observations.filter(({ at }) => Date.parse(at) > removedAt)
  if (!since.some(({ alive }) => alive === true)) return { events: [], result: {} }
  return observeSession(state, since, machineId, now, rules)
}

/** The observations that are not known yet, in the order in which they happened. @param known changed in place */
function inOrder(observations: readonly SessionObservation[], known: ObservedState, now: number) {
  return (
    [...observations]
      .map((observation) => ({ observation, reported: Date.parse(observation.at) }))
      // Those of the future count as of one instant: their own times still say which was first.
      .sort((a, b) => a.reported - b.reported)
      .flatMap(({ observation }) => {
        const at = countedAt(known, observation, now)
        return at === undefined ? [] : [{ observation, at }]
      })
      .sort((a, b) => a.at - b.at)
  )
}

/** Sets the activity that is believed now, where it is another one than was believed before. */
export function withBelievedActivity(session: SessionRecord, now: number, collectorMs: number): SessionRecord {
  const observed = readObserved(session.observed)
  const next = showActivity(session, observed, now, collectorMs)
  if (next === session) return session
  const claude: ClaudeSession = {
    ...(JSON.parse(session.claude_code!) as ClaudeSession),
    activity_since: instantOf(observed.shown!.value[3]),
  }
  return { ...next, observed: writeObserved(observed), claude_code: JSON.stringify(claude) }
}

/** @param observed changed in place: it keeps what is shown, so that an activity that a client sets stays until there is news */
function showActivity(session: SessionRecord, observed: ObservedState, now: number, collectorMs: number): SessionRecord {
  const confirmed = session.process_seen_at !== null && now - session.process_seen_at <= collectorMs
  const believed = believedActivity(observed, confirmed)
  const known = observed.shown
  if (believed === undefined) {
    if (known === undefined) return session
    // What was shown is of before an end that is only known now.
    delete observed.shown
    return session.activity === known.value[0] ? { ...session, activity: null, waiting_for: null, waiting_since: null } : session
  }
  observed.shown = believed
  const [activity, , waitingFor, since] = believed.value
  if (known !== undefined && known.value[0] === activity && known.value[2] === waitingFor && known.value[3] === since) return session
  return { ...session, activity, waiting_for: waitingFor, waiting_since: activity === 'waiting' ? since : null }
}

/** A session while observations are applied to it. */
class Draft {
  record: SessionRecord
  readonly observed: ObservedState
  readonly transitions: Transition[] = []
  readonly taskEvents: NewEvent[] = []
  readonly #tasks: Map<string, TaskRecord>
  readonly #changed = new Set<string>()

  constructor(record: SessionRecord, observed: ObservedState, tasks: readonly TaskRecord[]) {
    this.record = record
    this.observed = observed
    this.#tasks = new Map(tasks.map((task) => [task.task_id, task]))
  }

  get changedTasks(): TaskRecord[] {
    return [...this.#changed].map((id) => this.#tasks.get(id)!)
  }

  /** @returns the row of the timeline, where there is one */
  add(observation: SessionObservation, at: number, machineId: string, timeoutMs: number, now: number): ObservedRow | undefined {
    const { observed } = this
    const recovered = lastRecovery(this.record)
    const endBefore = believedEnd(observed, recovered)
    const isNewestProof = observation.alive === true && Object.values(observed.alive).every((known) => known <= at)
    const isRepeatedEnd = hasReportedEnd(observed, observation, at)
    const isNews = addObservation(observed, observation, at)
    this.#place(observation, isNewestProof ? machineId : undefined, now)
    this.#move(endBefore, believedEnd(observed, recovered))
    if (at < this.record.started_at) this.record = { ...this.record, started_at: at }
    this.#seen(observation, at, timeoutMs, now)
    return observedRow(isRepeatedEnd ? withoutEndEvent(observation) : observation, at, isNews)
  }

  finish(now: number, collectorMs: number): SessionRecord {
    const live = isLive(this.record.status)
    if (live) this.record = showActivity(this.record, this.observed, now, collectorMs)
    const claude = believedSession(this.observed, live)
    this.record = { ...this.record, claude_code: JSON.stringify(claude), observed: writeObserved(this.observed) }
    return this.record
  }

  /** An observation may know the project, and a process may go on at another machine. A client that created the session knows better. */
  #place({ project_id }: SessionObservation, machineId: string | undefined, now: number): void {
    if (this.observed.created !== true) return
    if (project_id !== undefined && this.record.project_id === UNKNOWN_PROJECT && project_id !== UNKNOWN_PROJECT) {
      this.record = { ...this.record, project_id }
      for (const task of this.#tasks.values()) this.#put({ ...task, project_id, updated_at: now, revision: task.revision + 1 })
    }
    if (machineId !== undefined && machineId !== this.record.machine_id) {
      this.record = { ...this.record, machine_id: machineId, docker_slot: null }
    }
  }

  #move(endBefore: BelievedEnd | undefined, end: BelievedEnd | undefined): void {
    const { record } = this
    if (isLive(record.status)) {
      if (end !== undefined) this.#end(end)
    } else if (end === undefined) {
      const endedAt = record.completed_at ?? Number.NEGATIVE_INFINITY
      const source = endBefore?.at === endedAt ? endBefore.source : 'client'
      const at = resumedAt(this.observed, { at: endedAt, source })
      if (at !== undefined) this.#resume(at)
    } else if (endBefore !== undefined && endBefore.at === record.completed_at && record.status !== 'archived')
      this.#correct(endBefore, end)
  }

  #end({ at, outcome, reason }: BelievedEnd): void {
    const { record } = this
    requireSessionMove(record.status, outcome, 'change')
    const ended = endSession(record, [...this.#tasks.values()], { to: outcome, reason }, record, at)
    this.transitions.push({ at, from: record.status, to: outcome, reason })
    this.record = ended.session!
    for (const task of ended.tasks ?? []) this.#put(task)
    this.taskEvents.push(...ended.events.filter(({ event }) => event.startsWith('task.')))
  }

  #resume(at: number): void {
    requireSessionMove(this.record.status, 'active', 'resume')
    const { stall: _, failure: __, ...past } = readHistory(this.record.history)
    // What was shown before the end is not shown again, though it may be believed again.
    delete this.observed.shown
    this.#apply({ at, from: this.record.status, to: 'active', reason: 'resumed' }, past, {
      completed_at: null,
      // A client that has promised heartbeats is held to it; otherwise the observation itself counts.
      due_at: this.record.heartbeat_interval_ms === null ? null : at + 3 * this.record.heartbeat_interval_ms,
    })
  }

  /** A report that comes late may know better how the session ended. */
  #correct(before: BelievedEnd, { at, outcome, reason }: BelievedEnd): void {
    if (before.at === at && before.outcome === outcome && before.reason === reason) return
    const { failure, ...past } = readHistory(this.record.history)
    const next = outcome === 'failed' ? { ...past, failure: { stuck_tasks: 0, ...failure, reason, at } } : past
    if (before.outcome === outcome) {
      this.record = { ...this.record, completed_at: at, history: writeHistory(next) }
      return
    }
    requireSessionMove(this.record.status, outcome, 'correction')
    this.#apply({ at, from: this.record.status, to: outcome, reason }, next, { completed_at: at })
  }

  #apply(transition: Transition, history: ReturnType<typeof readHistory>, change: Partial<SessionRecord>): void {
    this.transitions.push(transition)
    const next = writeHistory(withTransition(history, transition))
    this.record = { ...this.record, ...change, status: transition.to, history: next }
  }

  /** Something was received about the session, of this instant. */
  #seen({ source, alive, activity, end }: SessionObservation, at: number, timeoutMs: number, now: number): void {
    const { record } = this
    if (source === 'process-file' && alive === true) {
      this.record = { ...this.record, process_seen_at: Math.max(at, record.process_seen_at ?? at) }
    }
    if (!isWatched(record)) return
    this.record = { ...this.record, last_heartbeat: Math.max(at, record.last_heartbeat) }
    // What does not prove life, and what is older than an end, must count the same whenever it arrives: not at all.
    if (!isLive(record.status) || end !== undefined || at <= (lastEndAt(this.observed) ?? Number.NEGATIVE_INFINITY)) return
    if (record.status === 'stalled') {
      const { stall, ...past } = readHistory(record.history)
      if ((alive !== true && activity === undefined) || at <= (stall?.at ?? 0)) return
      requireSessionMove('stalled', stall?.before ?? 'active', 'heartbeat')
      this.#apply({ at, from: 'stalled', to: stall?.before ?? 'active', reason: 'observed' }, past, { stalled_at: null })
    }
    if (alive !== true) return
    const due = at + timeoutMs
    if (record.not_seen_since !== null && due <= now) {
      // Still not in contact, but since later.
      this.record = { ...this.record, not_seen_since: Math.max(at, record.not_seen_since) }
      return
    }
    this.record = { ...this.record, due_at: Math.max(due, this.record.due_at ?? due), not_seen_since: null }
  }

  #put(task: TaskRecord): void {
    this.#tasks.set(task.task_id, task)
    this.#changed.add(task.task_id)
  }
}

/** A session that is observed for the first time becomes one that is watched with this observation. */
function isWatched(record: SessionRecord): boolean {
  return isWatchedByObservers({ ...record, claude_code: record.claude_code ?? '' })
}

function newSession(observation: SessionObservation, machineId: string, at: number, now: number): SessionRecord {
  return {
    session_id: observation.session_id,
    project_id: observation.project_id ?? UNKNOWN_PROJECT,
    machine_id: machineId,
    docker_slot: null,
    attempt: 1,
    status: 'active',
    stalled_at: null,
    stalled_fail_after_ms: null,
    activity: null,
    waiting_for: null,
    waiting_since: null,
    heartbeat_interval_ms: null,
    current_task_id: null,
    last_heartbeat: at,
    due_at: null,
    started_at: at,
    completed_at: null,
    not_seen_since: null,
    process_seen_at: null,
    claude_code: null,
    observed: null,
    metadata: emptyMetadata,
    history: writeHistory(noHistory),
    created_at: now,
    updated_at: now,
    revision: 0,
  }
}

function lastRecovery({ history }: SessionRecord): number | undefined {
  // Hardly any session was ever recovered, and most histories need not be parsed.
  return history.includes('"recoveries"') ? readHistory(history).recoveries?.at(-1)?.at : undefined
}

/** Whether its source has reported the same end before, and the session was not seen alive since: a collector repeats it while the hub lists the session. */
function hasReportedEnd(state: ObservedState, { source, end }: SessionObservation, at: number): boolean {
  if (end === undefined) return false
  const known = (end.inferred ? state.inferredEnds : state.ends)[source]
  if (known === undefined || known.at > at || known.outcome !== end.outcome || known.reason !== end.reason) return false
  return resumedAt(state, { at: known.at, source }) === undefined
}

function withoutEndEvent({ event, ...observation }: SessionObservation): SessionObservation {
  return event === undefined || event.kind === 'ended' ? observation : { ...observation, event }
}

function collectorTimeoutFor({ source }: SessionObservation, collectorMs: number): number {
  return collectorSources.includes(source) ? collectorMs : 3 * REPORT_INTERVAL_MS
}

function isSame(a: SessionRecord, b: SessionRecord): boolean {
  return (Object.keys(b) as (keyof SessionRecord)[]).every((name) => a[name] === b[name])
}

function eventsOf(before: SessionRecord | undefined, after: SessionRecord, transitions: readonly Transition[]) {
  const events = withoutMiddle(transitions).map(({ at, from, to, reason }) =>
    sessionEvent(
      'session.status',
      { ...after, status: to, completed_at: to === 'completed' || to === 'failed' ? at : null },
      { from, reason, occurred_at: instantOf(at) },
    ),
  )
  if (before === undefined) {
    const created = sessionEvent('session.created', { ...after, status: transitions[0]?.from ?? after.status, completed_at: null })
    return { events: [created, ...events], live: undefined, visible: true }
  }
  if (events.length > 0) return { events, live: undefined, visible: true }
  const changed = changedColumns(before, after)
  const claude = claudeChanged(before.claude_code, after.claude_code)
  if (changed.length > 0 || claude)
    return { events: [updatedEvent(before, after, claude ? ['claude_code'] : [])], live: undefined, visible: true }
  const counted = before.claude_code !== after.claude_code || before.started_at !== after.started_at
  // Counters change with every call: only those who look at them now receive them.
  return { events: [], live: counted ? sessionEvent('session.heartbeat', after) : undefined, visible: false }
}

/** The most events of changes of status of one session in one batch. */
const MAX_STATUS_EVENTS = 20

/** The first and the last changes of status: a batch of hundreds must not flood the event log. The history of the session has more. */
function withoutMiddle(transitions: readonly Transition[]): readonly Transition[] {
  const half = MAX_STATUS_EVENTS / 2
  return transitions.length <= MAX_STATUS_EVENTS ? transitions : [...transitions.slice(0, half), ...transitions.slice(-half)]
}

function claudeChanged(before: string | null, after: string | null): boolean {
  if (before === after) return false
  if (before === null || after === null) return true
  return differsVisibly(JSON.parse(before) as ClaudeSession, JSON.parse(after) as ClaudeSession)
}
