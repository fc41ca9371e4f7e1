import type { CreateSession, Session } from '@signalbox/contract/session'
import type { CreateTask, Task } from '@signalbox/contract/task'
import { AttemptSupersededError } from './error.ts'
import { type HeartbeatLoop, type HeartbeatOptions, toAttemptField, toIntervalField } from './heartbeat.ts'
import type { TaskWrites } from './task-writes.ts'

/** The operation that failed while the work went on. */
export type TrackingError = 'heartbeat' | 'task' | 'end'

export interface TrackOptions {
  /** Milliseconds between two heartbeats; default 60,000. */
  readonly heartbeatMs?: number | undefined
  /** Aborts the session's own signal; the function then decides how the session ends, by returning or throwing. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called for errors between client and hub after the function has started. They never replace the function's result: work
   * that is done stays done even if the hub does not know.
   */
  readonly onError?: ((error: Error, during: TrackingError) => void) | undefined
}

/** The session to create, and its options; its heartbeat interval is `heartbeatMs`. */
export type TrackSession = Omit<CreateSession, 'heartbeat_interval_ms'> & TrackOptions

/** The options of a resumed session. */
export interface ResumeOptions extends TrackOptions {
  /**
   * The attempt to continue, as `recoverSession` has answered; the session's current one when absent. A worker that is
   * started late is refused then, and does not take the session from its successor.
   */
  readonly attempt?: number | undefined
}

/** The task to run: a name, the fields of a new task, or an existing task. */
export type TrackTask = string | Omit<CreateTask, 'session_id' | 'project_id'> | Task

/** The session as it was when the function started, with its signal and its tasks. */
export interface TrackedSession extends Readonly<Session> {
  /**
   * Aborted when the session was ended by another client, or recovered for another one, with the hub's error as reason, or by
   * the caller's own signal.
   */
  readonly signal: AbortSignal
  /**
   * Creates the task unless it exists, starts it, runs `work`, and completes it; when `work` throws, the task fails with that
   * message, and the error is rethrown.
   * @throws ApiClientError when the task could not be created or started: then `work` has not started.
   */
  task<T>(what: TrackTask, work: (task: Task) => T | Promise<T>): Promise<T>
}

type StartHeartbeats = (sessionId: string, options: HeartbeatOptions) => HeartbeatLoop
type Work<T> = (session: TrackedSession) => T | Promise<T>

const DEFAULT_HEARTBEAT_MS = 60_000
/** The hub's limits for texts, in characters. */
const MAX_TASK_ERROR_LENGTH = 2000
const MAX_REASON_LENGTH = 500
const MAX_DETAILS_LENGTH = 10_000

/** Runs `work` as a new session. @throws the error of `work`; ApiClientError when the session could not be created */
export async function trackSession<T>(
  calls: TaskWrites,
  startHeartbeats: StartHeartbeats,
  options: TrackSession,
  work: Work<T>,
): Promise<T> {
  const { heartbeatMs = DEFAULT_HEARTBEAT_MS, signal, onError, ...fields } = options
  // The interval is sent at once, so that the hub notices missed heartbeats even if not one arrives.
  const session = await calls.createSession({ ...toIntervalField(heartbeatMs), ...fields }, { signal })
  return runTracked(calls, startHeartbeats, session, { heartbeatMs, signal, onError }, work)
}

/**
 * Runs `work` as an existing session, recovered or created by another client.
 * @throws ConflictError when it has ended; AttemptSupersededError when it is at a later attempt
 */
export async function resumeSession<T>(
  calls: TaskWrites,
  startHeartbeats: StartHeartbeats,
  sessionId: string,
  options: ResumeOptions,
  work: Work<T>,
): Promise<T> {
  const { heartbeatMs = DEFAULT_HEARTBEAT_MS, signal } = options
  // The attempt first: a heartbeat without one would count for any, and could be for a successor.
  const attempt = options.attempt ?? (await calls.getSession(sessionId, { signal })).attempt
  await calls.updateSessionHeartbeat(sessionId, { ...toAttemptField(attempt), ...toIntervalField(heartbeatMs) }, { signal })
  const session = { ...(await calls.getSession(sessionId, { signal })), attempt }
  return runTracked(calls, startHeartbeats, session, { ...options, heartbeatMs }, work)
}

async function runTracked<T>(
  calls: TaskWrites,
  startHeartbeats: StartHeartbeats,
  session: Session,
  options: TrackOptions,
  work: Work<T>,
): Promise<T> {
  const { heartbeatMs, signal, onError } = options
  const { session_id } = session
  const attempt = toAttemptField(session.attempt)
  const ending = new AbortController()
  let endedElsewhere = false
  const report = (error: unknown, during: TrackingError) => {
    try {
      onError?.(error instanceof Error ? error : new Error(String(error)), during)
    } catch {
      // An error of the callback must not become the result either.
    }
  }
  /** The session is no longer that of this work: nothing more is reported about it. */
  const abandon = (error: unknown) => {
    endedElsewhere = true
    ending.abort(error)
  }
  /** Sends a request about the session; one that is refused for its attempt ends the work, before a heartbeat does. */
  const send = async <R>(request: () => Promise<R>): Promise<R> => {
    try {
      return await request()
    } catch (error) {
      if (error instanceof AttemptSupersededError) abandon(error)
      throw error
    }
  }
  /** Reports an end to the hub, unless the hub has ended the session before. */
  const sendEnd = async (during: TrackingError, request: () => Promise<unknown>) => {
    if (endedElsewhere) return
    try {
      await send(request)
    } catch (error) {
      report(error, during)
    }
  }
  const abort = () => ending.abort(signal?.reason)
  if (signal?.aborted) abort()
  else signal?.addEventListener('abort', abort, { once: true })
  const heartbeats = startHeartbeats(session_id, {
    ...attempt,
    intervalMs: heartbeatMs,
    onError: (error) => report(error, 'heartbeat'),
    onEnd: ({ reason, error }) => {
      report(error, 'heartbeat')
      // A refused key does not mean that the session has ended: its work goes on.
      if (reason === 'refused') return
      abandon(error)
    },
  })

  const task: TrackedSession['task'] = async (what, work) => {
    const fields = typeof what === 'string' ? { task_name: what } : what
    const created = isTask(fields)
      ? fields
      : await send(() => calls.createTask({ ...attempt, ...fields, session_id }, { signal: ending.signal }))
    const { task_id } = created
    const started =
      created.status === 'in_progress' ? created : await send(() => calls.startTask(task_id, { ...attempt, signal: ending.signal }))
    const result = await settle(() => work(started))
    if (result.failed) {
      await sendEnd('task', () => calls.failTask(task_id, { ...attempt, error_message: toMessage(result.error, MAX_TASK_ERROR_LENGTH) }))
      throw result.error
    }
    await sendEnd('task', () => calls.completeTask(task_id, attempt))
    return result.value
  }

  const result = await settle(() => work({ ...session, signal: ending.signal, task }))
  // Before the end is sent: the hub would refuse a heartbeat after it.
  heartbeats.stop()
  signal?.removeEventListener('abort', abort)
  if (result.failed) {
    await sendEnd('end', () => calls.markSessionFailed(session_id, { ...attempt, ...toFailure(result.error) }))
    throw result.error
  }
  await sendEnd('end', () => calls.updateSession(session_id, { ...attempt, status: 'completed' }))
  return result.value
}

function isTask(what: object): what is Task {
  return 'task_id' in what && 'status' in what
}

type Outcome<T> = { readonly failed: false; readonly value: T } | { readonly failed: true; readonly error: unknown }

async function settle<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { failed: false, value: await work() }
  } catch (error) {
    return { failed: true, error }
  }
}

function toFailure(error: unknown): { reason: string; error_details?: string } {
  const reason = toMessage(error, MAX_REASON_LENGTH)
  const details = toMessage(error, MAX_DETAILS_LENGTH)
  return details === reason ? { reason } : { reason, error_details: details }
}

/** The message of any thrown value, as the hub accepts it: not empty, not too long, without broken surrogates. */
function toMessage(error: unknown, maxLength: number): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  const text = message === '' ? 'unknown' : message
  const cut = text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`
  return cut.replaceAll('\u0000', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd')
}
