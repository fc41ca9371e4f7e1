import type { CreateSession, SessionStatus, UpdateSession } from '@signalbox/contract/session'
import type { MarkFailed, MarkStalled, ProcessEnded } from '@signalbox/contract/session-failure'
import type { Heartbeat } from '@signalbox/contract/session-heartbeat'
import type { RecoverSession } from '@signalbox/contract/session-recovery'
import { instantOf } from '../clock.ts'
import { HubError } from '../hub-error.ts'
import type { NewEvent } from '../store/store.ts'
import type { Held, Outcome, Rules } from './held.ts'
import { dueOf, implicitMachine, type MachineRecord, machineEvent, noMachine } from './machine.ts'
import { emptyMetadata, mergeMetadata } from './metadata.ts'
import { noHistory, readHistory, type SessionHistory, type Transition, withTransition, writeHistory } from './session-history.ts'
import {
  allowanceOf,
  requireLive,
  requireRevision,
  requireSession,
  type SessionRecord,
  sessionEvent,
  updatedEvent,
} from './session-record.ts'
import { lowestFreeSlot, requireFreeSlot } from './slot.ts'
import { type TaskRecord, taskEvent, tasksOfEnded, tasksToRepeat } from './task-record.ts'
import { beatingStatuses, isLive, requireSessionMove } from './transition.ts'

/** How often one session may be recovered. */
export const MAX_RECOVERIES = 3

type SessionOutcome = Outcome<SessionRecord>

/**
 * A new session; its machine is registered when it is not known.
 * @param madeBy says which request makes it, so that the same request, asked again, finds its own work
 * @throws HubError `conflict` when the id or the slot is taken, `validation_error` when the machine has no such slot
 */
export function createSession(
  held: Held,
  wanted: CreateSession & { readonly session_id: string },
  madeBy: string | undefined,
  now: number,
  rules: Rules,
): SessionOutcome {
  const known = held.session
  if (known !== undefined) {
    if (madeBy !== undefined && readHistory(known.history).made_by === madeBy) return { events: [], result: known }
    throw sessionExists(wanted.session_id)
  }
  if (wanted.docker_slot !== undefined) requireFreeSlot(held, wanted.machine_id, wanted.docker_slot, wanted.session_id)
  const history: SessionHistory = madeBy === undefined ? noHistory : { ...noHistory, made_by: madeBy }
  const interval = wanted.heartbeat_interval_ms ?? null
  const session: SessionRecord = {
    session_id: wanted.session_id,
    project_id: wanted.project_id,
    machine_id: wanted.machine_id,
    docker_slot: wanted.docker_slot ?? null,
    status: 'active',
    ...activityOf(wanted, undefined, now),
    heartbeat_interval_ms: interval,
    current_task_id: null,
    last_heartbeat: now,
    due_at: now + allowanceOf({ heartbeat_interval_ms: interval }, rules.stallMs),
    started_at: now,
    completed_at: null,
    metadata: mergeMetadata(emptyMetadata, wanted.metadata),
    history: writeHistory(history),
    created_at: now,
    updated_at: now,
    revision: 1,
  }
  const { machine, events } = machineFor(held, wanted.machine_id, now, rules)
  return {
    session,
    ...(machine === undefined ? {} : { machine }),
    beats: true,
    events: [...events, sessionEvent('session.created', session)],
    result: session,
  }
}

export function sessionExists(id: string): HubError {
  return new HubError('conflict', `There is a session ${id} already`, {
    suggestion: 'Go on with that one, or choose another session_id.',
    details: { session_id: id },
  })
}

/** @throws HubError `not_found`, `conflict` when it has ended */
export function beatSession(held: Held, body: Heartbeat, now: number, rules: Rules, id: string): SessionOutcome {
  const session = requireSession(held, id)
  requireLive(session, 'beat')
  const moves: Move[] = []
  let { status, history } = session
  if (status === 'stalled') {
    const kept = readHistory(history)
    const before = kept.stall?.before ?? 'active'
    requireSessionMove(status, before, 'beat')
    const { stall: _, ...rest } = kept
    history = writeHistory(rest)
    moves.push({ to: before, reason: 'heartbeat' })
    status = before
  }
  if (body.status !== undefined && body.status !== status) {
    requireSessionMove(status, body.status, 'change')
    moves.push({ to: body.status })
    status = body.status
  }
  const interval = body.heartbeat_interval_ms === undefined ? session.heartbeat_interval_ms : body.heartbeat_interval_ms
  const quiet: SessionRecord = {
    ...session,
    history,
    heartbeat_interval_ms: interval,
    last_heartbeat: now,
    due_at: now + allowanceOf({ heartbeat_interval_ms: interval }, rules.stallMs),
    revision: session.revision + 1,
  }
  // Nearly all beats say nothing else.
  if (moves.length === 0 && saysNothing(body)) return { session: quiet, beats: true, events: [], result: quiet }
  const draft: SessionRecord = {
    ...quiet,
    ...activityOf(body, session, now),
    current_task_id: body.current_task_id === undefined ? session.current_task_id : body.current_task_id,
    metadata: mergeMetadata(session.metadata, body.metadata),
  }
  const told = draft.activity !== session.activity || draft.waiting_for !== session.waiting_for || draft.metadata !== session.metadata
  const changed = told || draft.current_task_id !== session.current_task_id || interval !== session.heartbeat_interval_ms
  if (moves.length === 0 && !changed) return { session: quiet, beats: true, events: [], result: quiet }
  const { record, events } = moveAll({ ...draft, updated_at: now }, session, moves, now)
  if (moves.length === 0) events.push(updatedEvent(session, record))
  return { session: record, beats: true, events, result: record }
}

/** @throws HubError `not_found`, `precondition_failed`, `conflict`, `validation_error` */
export function updateSession(
  held: Held,
  body: UpdateSession,
  revision: number | undefined,
  now: number,
  rules: Rules,
  id: string,
): SessionOutcome {
  const session = requireSession(held, id)
  requireRevision(session, revision)
  const to = body.status ?? session.status
  if (to !== session.status) requireSessionMove(session.status, to, 'change')
  if (isLive(session.status) ? !isLive(to) && asksForLive(body) : asksForLive(body)) {
    requireLive({ ...session, status: isLive(session.status) ? to : session.status }, 'have a slot, a current task or an activity')
  }
  const interval = body.heartbeat_interval_ms === undefined ? session.heartbeat_interval_ms : body.heartbeat_interval_ms
  if (body.docker_slot != null) requireFreeSlot(held, session.machine_id, body.docker_slot, session.session_id)
  const draft: SessionRecord = {
    ...session,
    docker_slot: body.docker_slot === undefined ? session.docker_slot : body.docker_slot,
    ...activityOf(body, session, now),
    current_task_id: body.current_task_id === undefined ? session.current_task_id : body.current_task_id,
    heartbeat_interval_ms: interval,
    due_at: session.due_at === null ? null : session.last_heartbeat + allowanceOf({ heartbeat_interval_ms: interval }, rules.stallMs),
    metadata: mergeMetadata(session.metadata, body.metadata),
  }
  const same = (Object.keys(draft) as (keyof SessionRecord)[]).every((name) => draft[name] === session[name])
  if (to === session.status) {
    if (same) return { events: [], result: session }
    const next = { ...draft, updated_at: now, revision: session.revision + 1 }
    return { session: next, events: [updatedEvent(session, next)], result: next }
  }
  if (to === 'completed' || to === 'failed') {
    return endSession(draft, held.tasks, { to, ...(to === 'failed' ? { reason: 'marked failed' } : {}) }, session, now)
  }
  const { record, events } = moveAll({ ...draft, updated_at: now, revision: session.revision + 1 }, session, [{ to }], now)
  return { session: record, events, result: record }
}

/** DELETE: a live session completes, one that has ended stays as it is. */
export function deleteSession(held: Held, revision: number | undefined, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  requireRevision(session, revision)
  if (!isLive(session.status)) return { events: [], result: session }
  requireSessionMove(session.status, 'completed', 'change')
  return endSession(session, held.tasks, { to: 'completed', reason: 'deleted' }, session, now)
}

/** @throws HubError `conflict` when it has ended */
export function markFailed(held: Held, { reason, error_details }: MarkFailed, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  requireSessionMove(session.status, 'failed', 'change')
  return endSession(
    session,
    held.tasks,
    { to: 'failed', reason, ...(error_details === undefined ? {} : { details: error_details }) },
    session,
    now,
  )
}

/** Failed, unless it had ended already: who saw the process end may be late. */
export function processEnded(held: Held, body: ProcessEnded, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  if (!isLive(session.status)) return { events: [], result: session }
  requireSessionMove(session.status, 'failed', 'change')
  const details = [
    `witness ${body.witness}`,
    ...(body.pid === undefined ? [] : [`pid ${body.pid}`]),
    ...(body.exit_code === undefined ? [] : [`exit code ${body.exit_code}`]),
    ...(body.signal === undefined ? [] : [`signal ${body.signal}`]),
  ].join(', ')
  return endSession(session, held.tasks, { to: 'failed', reason: 'process ended', details }, session, now)
}

/** @throws HubError `conflict` when it is not active or paused */
export function markStalled(held: Held, { reason }: MarkStalled, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  requireSessionMove(session.status, 'stalled', 'silence')
  return stall(session, reason, now)
}

/**
 * Nothing was heard of it until it was due: it is stalled since that moment, whenever this is noticed.
 * The result is false, and nothing is written, when somebody was faster or it was heard of.
 */
export function silentSession({ session }: Held, heardSince: number, now: number): Outcome<boolean> {
  const due = session === undefined ? undefined : dueOf(session, heardSince)
  if (session === undefined || due === undefined || due > now || !isBeating(session.status)) return { events: [], result: false }
  return { ...stall(session, 'no heartbeat', due), result: true }
}

/** The clock was set back: a session that beat in what is now the future would be missed only much later. */
export function beatFromTheFuture({ session }: Held, now: number): Outcome<boolean> {
  if (session === undefined || session.due_at === null || session.last_heartbeat <= now) return { events: [], result: false }
  const next = { ...session, last_heartbeat: now, due_at: now + (session.due_at - session.last_heartbeat), revision: session.revision + 1 }
  return { session: next, events: [], result: true }
}

/** Takes down what a recovery would start from. */
export function prepareRecovery(held: Held, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  if (session.status === 'archived' || session.status === 'completed') {
    throw new HubError('conflict', `A session that is ${session.status} cannot be recovered`, {
      suggestion: 'Create a new session.',
      details: { status: session.status },
    })
  }
  const history = writeHistory({ ...readHistory(session.history), checkpoint_at: now })
  const next = { ...session, history, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next, ['recovery_checkpoint_at'])], result: next }
}

/** Why a session may not be recovered; undefined when it may. */
export function recoveryBlockedBy({ status, history }: SessionRecord): string | undefined {
  if (status !== 'stalled' && status !== 'failed') return `it is ${status}`
  const attempts = readHistory(history).recoveries?.length ?? 0
  return attempts >= MAX_RECOVERIES ? `it was recovered ${attempts} times already` : undefined
}

/**
 * A stalled or failed session is active again, with the same id, on the same machine or another one; what it failed at
 * is to be done again.
 * @throws HubError `conflict`, `validation_error`
 */
export function recoverSession(held: Held, body: RecoverSession, now: number, rules: Rules, id: string): SessionOutcome {
  const session = requireSession(held, id)
  requireSessionMove(session.status, 'active', 'recovery')
  const blocked = recoveryBlockedBy(session)
  if (blocked !== undefined) {
    throw new HubError('conflict', `The session cannot be recovered: ${blocked}`, { suggestion: 'Create a new session.' })
  }
  const machineId = body.new_machine_id ?? session.machine_id
  if (body.new_docker_slot !== undefined) {
    requireFreeSlot(held, machineId, body.new_docker_slot, session.session_id, 'new_docker_slot')
  }
  const slot = body.new_docker_slot ?? (machineId === session.machine_id ? session.docker_slot : null)
  const tasks = tasksToRepeat(held.tasks, body.resume_from_task_id, now)
  const kept = readHistory(session.history)
  const { stall: _stall, failure: _failure, ...past } = kept
  const recoveries = kept.recoveries ?? []
  const history: SessionHistory = {
    ...past,
    recoveries: [
      ...recoveries,
      {
        attempt: recoveries.length + 1,
        at: now,
        from_status: session.status,
        from_machine_id: session.machine_id,
        to_machine_id: machineId,
        ...(slot === null ? {} : { docker_slot: slot }),
        ...(body.resume_from_task_id === undefined ? {} : { resume_from_task_id: body.resume_from_task_id }),
        successful: true,
      },
    ],
  }
  const repeats = tasks.some(({ task_id }) => task_id === session.current_task_id)
  const draft: SessionRecord = {
    ...session,
    machine_id: machineId,
    docker_slot: slot,
    activity: null,
    waiting_for: null,
    waiting_since: null,
    current_task_id: repeats ? null : session.current_task_id,
    completed_at: null,
    last_heartbeat: now,
    due_at: now + allowanceOf(session, rules.stallMs),
    history: writeHistory(history),
    updated_at: now,
    revision: session.revision + 1,
  }
  const { record, events } = moveAll(draft, session, [{ to: 'active', reason: 'recovered' }], now)
  const { machine, events: machineEvents } = machineFor(held, machineId, now, rules)
  return {
    session: record,
    tasks,
    ...(machine === undefined ? {} : { machine }),
    beats: true,
    events: [
      ...machineEvents,
      ...events,
      ...tasks.map((task) => taskEvent('task.status', task, record, { from: statusOf(held.tasks, task), reason: 'recovered' })),
    ],
    result: record,
  }
}

/** @throws HubError `conflict` when it has not ended */
export function archiveSession(held: Held, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  requireSessionMove(session.status, 'archived', 'archive')
  const { record, events } = moveAll({ ...session, updated_at: now, revision: session.revision + 1 }, session, [{ to: 'archived' }], now)
  return { session: record, events, result: record }
}

/** The session and its tasks go; the result is how many tasks. @throws HubError `conflict` when it is not archived */
export function purgeSession(held: Held, now: number, id: string): Outcome<number> {
  const session = requireSession(held, id)
  requireSessionMove(session.status, 'gone', 'purge')
  return {
    gone: true,
    events: [sessionEvent('session.status', session, { status: 'gone', from: session.status, occurred_at: instantOf(now) })],
    result: held.tasks.length,
  }
}

/** A cleanup removes what has ended, archived or not; the result is how many tasks went with it. */
export function removeEnded(held: Held, now: number, id: string): Outcome<number> {
  const session = requireSession(held, id)
  if (session.status === 'archived') return purgeSession(held, now, id)
  requireSessionMove(session.status, 'archived', 'archive')
  return purgeSession({ ...held, session: { ...session, status: 'archived' } }, now, id)
}

/** A slot of a machine for a live session: the one asked for, or the lowest free one. */
export function assignSession(held: Held, machineId: string, wanted: number | undefined, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  requireLive(session, 'be given a slot')
  const { machine } = held
  if (machine === undefined) throw noMachine(machineId)
  if (machine.status !== 'online') {
    throw new HubError('conflict', `The machine ${machineId} is ${machine.status}`, {
      suggestion: 'GET /machines/available shows machines that are online and have a free slot.',
      details: { status: machine.status },
    })
  }
  const keeps = session.machine_id === machineId ? session.docker_slot : null
  const slot = wanted ?? keeps ?? lowestFreeSlot(held, machineId, session.session_id)
  if (slot !== keeps) requireFreeSlot(held, machineId, slot, session.session_id)
  if (session.machine_id === machineId && session.docker_slot === slot) return { events: [], result: session }
  const next: SessionRecord = { ...session, machine_id: machineId, docker_slot: slot, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next)], result: next }
}

/** @throws HubError `conflict` when it is not on this machine */
export function releaseSession(held: Held, machineId: string, now: number, id: string): SessionOutcome {
  const session = requireSession(held, id)
  if (session.machine_id !== machineId) {
    throw new HubError('conflict', `The session is on ${session.machine_id}, not on ${machineId}`, {
      suggestion: `POST /machines/${encodeURIComponent(session.machine_id)}/release-session`,
      details: { machine_id: session.machine_id },
    })
  }
  if (session.docker_slot === null) return { events: [], result: session }
  const next: SessionRecord = { ...session, docker_slot: null, updated_at: now, revision: session.revision + 1 }
  return { session: next, events: [updatedEvent(session, next)], result: next }
}

interface Move {
  readonly to: SessionStatus
  readonly reason?: string
}

/** Writes each move down where the session keeps its past, and tells of it. */
function moveAll(
  draft: SessionRecord,
  from: SessionRecord,
  moves: readonly Move[],
  at: number,
): { record: SessionRecord; events: NewEvent[] } {
  if (moves.length === 0) return { record: draft, events: [] }
  let history = readHistory(draft.history)
  let status = from.status
  const told: Transition[] = []
  for (const { to, reason } of moves) {
    const transition: Transition = { at, from: status, to, ...(reason === undefined ? {} : { reason }) }
    history = withTransition(history, transition)
    told.push(transition)
    status = to
  }
  const record = { ...draft, status, history: writeHistory(history) }
  return { record, events: told.map((transition) => statusEvent(record, transition)) }
}

function statusEvent(record: SessionRecord, { at, from, to, reason }: Transition): NewEvent {
  return sessionEvent(
    'session.status',
    { ...record, status: to },
    { from, ...(reason === undefined ? {} : { reason }), occurred_at: instantOf(at) },
  )
}

/** Into completed or failed, by whatever route: the slot is free, tasks in progress have failed. */
function endSession(
  draft: SessionRecord,
  tasks: readonly TaskRecord[],
  { to, reason, details }: { to: 'completed' | 'failed'; reason?: string; details?: string },
  from: SessionRecord,
  now: number,
): SessionOutcome {
  const ended = tasksOfEnded(tasks, now)
  const { stall: _, ...past } = readHistory(draft.history)
  const current = draft.current_task_id
  const history: SessionHistory = {
    ...past,
    ...(draft.docker_slot === null ? {} : { last_slot: draft.docker_slot }),
    ...(to === 'failed'
      ? {
          failure: {
            reason: reason ?? 'unknown',
            ...(details === undefined ? {} : { details }),
            at: now,
            ...(current === null ? {} : { current_task_id: current }),
            stuck_tasks: ended.length,
          },
          recoveries: spoilt(past.recoveries),
        }
      : {}),
  }
  const { record, events } = moveAll(
    {
      ...draft,
      docker_slot: null,
      activity: null,
      waiting_for: null,
      waiting_since: null,
      current_task_id: ended.some(({ task_id }) => task_id === current) ? null : current,
      due_at: null,
      completed_at: now,
      history: writeHistory(history),
      updated_at: now,
      revision: from.revision + 1,
    },
    from,
    [{ to, ...(reason === undefined ? {} : { reason }) }],
    now,
  )
  return {
    session: record,
    tasks: ended,
    events: [...events, ...ended.map((task) => taskEvent('task.status', task, record, { from: 'in_progress', reason: 'session ended' }))],
    result: record,
  }
}

function stall(session: SessionRecord, reason: string, at: number): SessionOutcome {
  const before = session.status === 'paused' ? 'paused' : 'active'
  const past = readHistory(session.history)
  const history = writeHistory({ ...past, stall: { before, at, reason }, recoveries: spoilt(past.recoveries) })
  const { record, events } = moveAll(
    { ...session, due_at: null, history, updated_at: Math.max(at, session.updated_at), revision: session.revision + 1 },
    session,
    [{ to: 'stalled', reason }],
    at,
  )
  return { session: record, events, result: record }
}

function statusOf(tasks: readonly TaskRecord[], { task_id }: TaskRecord): TaskRecord['status'] | undefined {
  return tasks.find((task) => task.task_id === task_id)?.status
}

/** The last recovery did not last. */
function spoilt(recoveries: SessionHistory['recoveries']): NonNullable<SessionHistory['recoveries']> {
  return (recoveries ?? []).map((recovery, index, all) => (index === all.length - 1 ? { ...recovery, successful: false } : recovery))
}

interface SaysActivity {
  readonly activity?: SessionRecord['activity'] | undefined
  readonly waiting_for?: Exclude<SessionRecord['waiting_for'], null> | undefined
}

/** @throws HubError `validation_error` when it waits for something without waiting */
function activityOf(
  body: SaysActivity,
  session: SessionRecord | undefined,
  now: number,
): Pick<SessionRecord, 'activity' | 'waiting_for' | 'waiting_since'> {
  const activity = body.activity === undefined ? (session?.activity ?? null) : body.activity
  if (activity !== 'waiting') {
    if (body.waiting_for === undefined) return { activity, waiting_for: null, waiting_since: null }
    throw new HubError('validation_error', 'waiting_for goes with the activity waiting', {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: 'Send activity "waiting" as well, or leave waiting_for out.',
      details: { field: 'waiting_for' },
    })
  }
  const waitingFor = body.waiting_for ?? session?.waiting_for ?? 'other'
  const since = session?.activity === 'waiting' && session.waiting_for === waitingFor ? session.waiting_since : now
  return { activity, waiting_for: waitingFor, waiting_since: since }
}

function saysNothing({ activity, waiting_for, current_task_id, metadata, heartbeat_interval_ms }: Heartbeat): boolean {
  return (
    activity === undefined &&
    waiting_for === undefined &&
    current_task_id === undefined &&
    metadata === undefined &&
    heartbeat_interval_ms === undefined
  )
}

function asksForLive({ docker_slot, current_task_id, activity }: UpdateSession): boolean {
  return docker_slot != null || current_task_id != null || activity != null
}

function isBeating(status: SessionStatus): boolean {
  return (beatingStatuses as readonly SessionStatus[]).includes(status)
}

/** The machine to register, because nobody knows it. */
function machineFor({ machine }: Held, id: string, now: number, rules: Rules): { machine?: MachineRecord; events: NewEvent[] } {
  if (machine !== undefined) return { events: [] }
  const made = implicitMachine(id, now, rules.machineOfflineMs)
  return { machine: made, events: [machineEvent('machine.created', made)] }
}
