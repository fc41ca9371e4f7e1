import type { LiveEvent } from '@signalbox/client'
import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'

/** A session as its events tell it: everything but its metadata, which may be large. */
export type BoardSession = Omit<Session, 'metadata'>

/** Who lives, and who ended a short while ago. */
export interface SessionBoard {
  readonly sessions: ReadonlyMap<string, BoardSession>
  /** Names of tasks by id: those in progress, and those a session says it is at. */
  readonly taskNames: ReadonlyMap<string, string>
  /** There are more live sessions than the board takes. */
  readonly capped: boolean
}

/** As many live sessions are on the board, the newest of them; a page can keep more, a person cannot look at more. */
export const MOST_SESSIONS = 2_000
/** Milliseconds for which a session that has ended is still news. */
export const NEWS = 3_600_000

export function isLive({ status }: Pick<BoardSession, 'status'>): boolean {
  return status === 'active' || status === 'paused' || status === 'stalled'
}

/** Whether a session has a place on the board at this moment. */
export function isOnBoard(session: BoardSession, now: number): boolean {
  if (isLive(session)) return true
  const { status, completed_at } = session
  return (status === 'completed' || status === 'failed') && completed_at !== undefined && now - Date.parse(completed_at) < NEWS
}

export function boardOf(sessions: readonly Session[], tasks: readonly Task[], capped: boolean, now: number): SessionBoard {
  const shown = sessions.map(({ metadata: _, ...session }) => session).filter((session) => isOnBoard(session, now))
  return {
    sessions: new Map(shown.map((session) => [session.session_id, session])),
    taskNames: new Map(tasks.map(({ task_id, task_name }) => [task_id, task_name])),
    capped,
  }
}

/**
 * The board after these events, in their order; the same object when they change nothing that is drawn.
 * Events may be older than the board: what is known already in a later revision stays.
 */
export function withSessionEvents(board: SessionBoard, events: readonly LiveEvent[], now: number): SessionBoard {
  let sessions: Map<string, BoardSession> | undefined
  let taskNames: Map<string, string> | undefined
  for (const { event, data } of events) {
    if (event.startsWith('task.')) {
      const { task_id, task_name, status } = data as unknown as Task
      const known = (taskNames ?? board.taskNames).get(task_id)
      if (known === task_name || (known === undefined && status !== 'in_progress')) continue
      taskNames ??= new Map(board.taskNames)
      taskNames.set(task_id, task_name)
    } else if (event.startsWith('session.')) {
      const told = data as unknown as BoardSession
      const all = sessions ?? board.sessions
      const known = all.get(told.session_id)
      if (known !== undefined && told.revision < known.revision) continue
      // The beat itself is kept elsewhere: it comes often, and moves nothing on the board.
      if (known !== undefined && event === 'session.heartbeat' && isSameButBeat(known, told)) continue
      if (known === undefined && (!isOnBoard(told, now) || (board.capped && event === 'session.heartbeat'))) continue
      sessions ??= new Map(board.sessions)
      if (isOnBoard(told, now)) sessions.set(told.session_id, fieldsOf(told))
      else sessions.delete(told.session_id)
    }
  }
  if (sessions === undefined && taskNames === undefined) return board
  if (sessions !== undefined) for (const [id, session] of sessions) if (!isOnBoard(session, now)) sessions.delete(id)
  return {
    sessions: sessions ?? board.sessions,
    taskNames: taskNames === undefined ? board.taskNames : swept(taskNames, sessions ?? board.sessions),
    capped: board.capped,
  }
}

const fields = [
  'session_id',
  'project_id',
  'machine_id',
  'docker_slot',
  'status',
  'activity',
  'waiting_for',
  'waiting_since',
  'heartbeat_interval_ms',
  'current_task_id',
  'started_at',
  'completed_at',
] as const

function isSameButBeat(a: BoardSession, b: BoardSession): boolean {
  return fields.every((field) => a[field] === b[field])
}

/** Without what an event says beside the session: from, reason, when. */
function fieldsOf(told: BoardSession): BoardSession {
  const { last_heartbeat, created_at, updated_at, revision } = told
  const own = Object.fromEntries(fields.filter((field) => told[field] !== undefined).map((field) => [field, told[field]]))
  return { ...own, last_heartbeat, created_at, updated_at, revision } as BoardSession
}

/** A page that is open for a week hears of many tasks; names that nobody is at are dropped now and then. */
function swept(names: Map<string, string>, sessions: ReadonlyMap<string, BoardSession>): Map<string, string> {
  if (names.size <= 2 * sessions.size + 200) return names
  const current = new Set([...sessions.values()].map(({ current_task_id }) => current_task_id))
  return new Map([...names].filter(([id]) => current.has(id)))
}
