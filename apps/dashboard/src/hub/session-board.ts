import type { LiveEvent } from '@signalbox/client'
import type { ClaudeSession } from '@signalbox/contract/claude-session'
import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'
import { isOnBoard } from './session-state.ts'
import { shareMap } from './share-map.ts'

/** What is known about a session of Claude Code, without its lists, which may be long. */
export type BoardClaude = Omit<ClaudeSession, 'subagents' | 'tasks'>

/** A session as its events carry it: without its metadata and lists, which may be large. */
export type BoardSession = Omit<Session, 'metadata' | 'claude_code'> & { claude_code?: BoardClaude | undefined }

/** The live sessions and those that ended recently. */
export interface SessionBoard {
  readonly sessions: ReadonlyMap<string, BoardSession>
  /** Names of tasks by id: those in progress and the current ones of sessions. */
  readonly taskNames: ReadonlyMap<string, string>
  /** The hub has more live sessions than the board holds. */
  readonly capped: boolean
}

/** Upper limit of live sessions on the board; the newest are kept. */
export const MAX_BOARD_SESSIONS = 2_000
export function buildBoard(sessions: readonly Session[], tasks: readonly Task[], capped: boolean, now: number): SessionBoard {
  const visible = sessions.filter((session) => isOnBoard(session, now)).map(pickSessionFields)
  return {
    sessions: new Map(visible.map((session) => [session.session_id, session])),
    taskNames: new Map(tasks.map(({ task_id, task_name }) => [task_id, task_name])),
    capped,
  }
}

/** A fetched board with what is known of it and has not changed: what shows that need not render again. */
export function shareBoard(known: SessionBoard | undefined, next: SessionBoard): SessionBoard {
  if (known === undefined || known === next) return next
  return { ...next, sessions: shareMap(known.sessions, next.sessions), taskNames: shareMap(known.taskNames, next.taskNames) }
}

/**
 * The board after these events, in order; the same object when they change nothing visible.
 * Events may be older than the board: a later revision stays.
 */
export function applySessionEvents(board: SessionBoard, events: readonly LiveEvent[], now: number): SessionBoard {
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
      const sent = data as unknown as BoardSession
      const all = sessions ?? board.sessions
      const known = all.get(sent.session_id)
      // The event of a heartbeat leaves out the state of Claude Code where that is unchanged.
      const next = sent.claude_code === undefined && known?.claude_code !== undefined ? { ...sent, claude_code: known.claude_code } : sent
      if (known !== undefined && next.revision < known.revision) continue
      // Heartbeats are frequent and change nothing on the board: their time is in the last-heartbeat store.
      if (known !== undefined && event === 'session.heartbeat' && isSameExceptHeartbeat(known, next)) continue
      if (known === undefined && (!isOnBoard(next, now) || (board.capped && event === 'session.heartbeat'))) continue
      sessions ??= new Map(board.sessions)
      if (isOnBoard(next, now)) sessions.set(next.session_id, pickSessionFields(next))
      else sessions.delete(next.session_id)
    }
  }
  if (sessions === undefined && taskNames === undefined) return board
  if (sessions !== undefined) for (const [id, session] of sessions) if (!isOnBoard(session, now)) sessions.delete(id)
  return {
    sessions: sessions ?? board.sessions,
    taskNames: taskNames === undefined ? board.taskNames : dropUnusedNames(taskNames, sessions ?? board.sessions),
    capped: board.capped,
  }
}

const fields = [
  'session_id',
  'project_id',
  'machine_id',
  'docker_slot',
  'attempt',
  'status',
  'stalled_since',
  'stalled_fail_after_ms',
  'activity',
  'waiting_for',
  'waiting_since',
  'heartbeat_interval_ms',
  'current_task_id',
  'started_at',
  'completed_at',
  'not_seen_since',
] as const

function isSameExceptHeartbeat(a: BoardSession, b: BoardSession): boolean {
  return fields.every((field) => a[field] === b[field]) && isSameClaude(a.claude_code, b.claude_code)
}

/** Whether two states look the same; each event has an object of its own. */
function isSameClaude(a: BoardClaude | undefined, b: BoardClaude | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const [one, other] = [withoutLists(a), withoutLists(b)]
  const names = Object.keys({ ...one, ...other }) as (keyof BoardClaude)[]
  return names.every((name) => one[name] === other[name] || String(one[name]) === String(other[name]))
}

/** The session's own fields, without those an event adds (from, reason, occurred_at) and without what may be large. */
export function pickSessionFields(session: BoardSession): BoardSession {
  const { last_heartbeat, created_at, updated_at, revision, claude_code } = session
  const own = Object.fromEntries(fields.filter((field) => session[field] !== undefined).map((field) => [field, session[field]]))
  const claude = claude_code === undefined ? {} : { claude_code: withoutLists(claude_code) }
  return { ...own, ...claude, last_heartbeat, created_at, updated_at, revision } as BoardSession
}

function withoutLists(claude: BoardClaude & Partial<Pick<ClaudeSession, 'subagents' | 'tasks'>>): BoardClaude {
  const { subagents: _, tasks: __, ...rest } = claude
  return rest
}

/** A page open for a week receives many tasks; names without a session are dropped from time to time. */
function dropUnusedNames(names: Map<string, string>, sessions: ReadonlyMap<string, BoardSession>): Map<string, string> {
  if (names.size <= 2 * sessions.size + 200) return names
  const current = new Set([...sessions.values()].map(({ current_task_id }) => current_task_id))
  return new Map([...names].filter(([id]) => current.has(id)))
}
