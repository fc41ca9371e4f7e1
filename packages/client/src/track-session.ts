import type { CreateSession, Session } from '@signalbox/contract/session'
import type { CreateTask, Task } from '@signalbox/contract/task'
import { type BeatingHeart, type HeartbeatOptions, promiseOf } from './heartbeat.ts'
import type { TaskCalls } from './task-calls.ts'

/** What the hub could not be told, or said no to, while the work went on. */
export type TrackingTrouble = 'heartbeat' | 'task' | 'end'

export interface TrackOptions {
  /** Milliseconds between two beats; default 60,000. */
  readonly heartbeatMs?: number | undefined
  /** Aborts the session's own signal; what then becomes of the session is for the function to say, by returning or throwing. */
  readonly signal?: AbortSignal | undefined
  /**
   * Hears of what went wrong between client and hub after the function has begun. It never becomes the function's result:
   * work that is done is not undone because nobody could be told.
   */
  readonly onError?: ((error: Error, during: TrackingTrouble) => void) | undefined
}

/** A session to create, and how to follow it; what is promised of its beats is `heartbeatMs`. */
export type TrackSession = Omit<CreateSession, 'heartbeat_interval_ms'> & TrackOptions

/** What a tracked session is to do: the name of a task, all of a new one, or one there is already. */
export type TrackTask = string | Omit<CreateTask, 'session_id' | 'project_id'> | Task

/** The session as it was when the function began, and what the function may do with it. */
export interface TrackedSession extends Readonly<Session> {
  /** Aborted when the session ended elsewhere, with the hub's answer as its reason, or by the caller's own signal. */
  readonly signal: AbortSignal
  /**
   * Creates the task unless there is one, starts it, runs `work`, and completes it; when `work` throws, it fails with that
   * message, and the error is thrown on.
   * @throws ApiClientError when the task could not be created or started: then `work` has not begun.
   */
  task<T>(what: TrackTask, work: (task: Task) => T | Promise<T>): Promise<T>
}

type Beat = (sessionId: string, options: HeartbeatOptions) => BeatingHeart
type Work<T> = (session: TrackedSession) => T | Promise<T>

/** Creates, beats, runs, and completes or marks failed. @throws what `work` throws; ApiClientError when there is no session to begin with */
export async function trackSession<T>(calls: TaskCalls, beat: Beat, options: TrackSession, work: Work<T>): Promise<T> {
  const { heartbeatMs = 60_000, signal, onError, ...wanted } = options
  // Promised at once, so that it is missed even when not one beat arrives.
  const session = await calls.createSession({ ...promiseOf(heartbeatMs), ...wanted }, { signal })
  return runTracked(calls, beat, session, { heartbeatMs, signal, onError }, work)
}

/** The same for a session there is: one that was recovered, or begun by somebody else. @throws ConflictError when it has ended */
export async function resumeSession<T>(calls: TaskCalls, beat: Beat, sessionId: string, options: TrackOptions, work: Work<T>): Promise<T> {
  const { heartbeatMs = 60_000, signal } = options
  await calls.updateSessionHeartbeat(sessionId, promiseOf(heartbeatMs), { signal })
  const session = await calls.getSession(sessionId, { signal })
  return runTracked(calls, beat, session, { ...options, heartbeatMs }, work)
}

async function runTracked<T>(calls: TaskCalls, beat: Beat, session: Session, options: TrackOptions, work: Work<T>): Promise<T> {
  const { heartbeatMs, signal, onError } = options
  const { session_id } = session
  const ending = new AbortController()
  let endedElsewhere = false
  const report = (problem: unknown, during: TrackingTrouble) => {
    try {
      onError?.(problem instanceof Error ? problem : new Error(String(problem)), during)
    } catch {
      // The caller's own; it must not become the result either.
    }
  }
  /** Tells the hub how something ended, unless the hub knew before us. */
  const tell = async (during: TrackingTrouble, call: () => Promise<unknown>) => {
    if (endedElsewhere) return
    try {
      await call()
    } catch (problem) {
      report(problem, during)
    }
  }
  const abort = () => ending.abort(signal?.reason)
  if (signal?.aborted) abort()
  else signal?.addEventListener('abort', abort, { once: true })
  const heart = beat(session_id, {
    intervalMs: heartbeatMs,
    onError: (error) => report(error, 'heartbeat'),
    onEnd: ({ reason, error }) => {
      report(error, 'heartbeat')
      // A key that is refused says nothing about the session: its work goes on.
      if (reason === 'refused') return
      endedElsewhere = true
      ending.abort(error)
    },
  })

  const task: TrackedSession['task'] = async (what, work) => {
    const wanted = typeof what === 'string' ? { task_name: what } : what
    const known = isTask(wanted) ? wanted : await calls.createTask({ ...wanted, session_id }, { signal: ending.signal })
    const { task_id } = known
    const started = known.status === 'in_progress' ? known : await calls.startTask(task_id, { signal: ending.signal })
    const result = await outcomeOf(() => work(started))
    if (result.failed) {
      await tell('task', () => calls.failTask(task_id, { error_message: messageOf(result.problem, 2000) }))
      throw result.problem
    }
    await tell('task', () => calls.completeTask(task_id))
    return result.value
  }

  const result = await outcomeOf(() => work({ ...session, signal: ending.signal, task }))
  // Before the end is told: a beat that came after it would be refused.
  heart.stop()
  signal?.removeEventListener('abort', abort)
  if (result.failed) {
    await tell('end', () => calls.markSessionFailed(session_id, failureOf(result.problem)))
    throw result.problem
  }
  await tell('end', () => calls.updateSession(session_id, { status: 'completed' }))
  return result.value
}

function isTask(what: object): what is Task {
  return 'task_id' in what && 'status' in what
}

type Outcome<T> = { readonly failed: false; readonly value: T } | { readonly failed: true; readonly problem: unknown }

async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { failed: false, value: await work() }
  } catch (problem) {
    return { failed: true, problem }
  }
}

function failureOf(problem: unknown): { reason: string; error_details?: string } {
  const reason = messageOf(problem, 500)
  const whole = messageOf(problem, 10_000)
  return whole === reason ? { reason } : { reason, error_details: whole }
}

/** The message of whatever was thrown, as the hub can keep it: not empty, not too long, without halves of characters. */
function messageOf(problem: unknown, longest: number): string {
  const said = problem instanceof Error ? problem.message || problem.name : String(problem)
  const text = said === '' ? 'unknown' : said
  const cut = text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
  return cut.replaceAll('\u0000', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd')
}
