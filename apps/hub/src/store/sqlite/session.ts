import { type SessionStatus, sessionStatuses } from '@signalbox/contract/session'
import Database from 'better-sqlite3'
import type { ChangeSet, LoadedSession, ReadSet } from '../../state/change-set.ts'
import { sessionExists } from '../../state/session.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import { slotTaken } from '../../state/slot.ts'
import { liveStatuses } from '../../state/transition.ts'
import { type WatchedSession, watchedColumns } from '../../state/watched-session.ts'
import { rangeOf } from '../id-prefix.ts'
import type { SessionQuery, SessionStore } from '../session.ts'
import type { Connection } from './connection.ts'
import { addRemoval, removedUpTo } from './deletion.ts'
import type { MachineHeartbeats } from './machine-heartbeat.ts'
import type { MachineRows } from './machine-rows.ts'
import { observedEvents, putObservedEvents } from './observed-event.ts'
import { overdueSessions } from './overdue-session.ts'
import { behind, insertRow, RowWriter, whereOf } from './row.ts'
import type { SessionCache } from './session-cache.ts'
import { takenSlots } from './slot.ts'
import type { TaskRows } from './task.ts'
import type { Transaction, Writer } from './writer.ts'

/** Up to this many sessions with a prefix are found by their ids and sorted; more are found in the order of the list. */
const MAX_SORTED_SESSIONS = 5_000

/** The parts of this store that a change of a session reads and writes. */
export interface SessionParts {
  readonly connection: Connection
  readonly writer: Writer
  readonly tasks: TaskRows
  readonly machines: MachineRows
  readonly heartbeats: MachineHeartbeats
  readonly cache: SessionCache
}

export function sessionStore(parts: SessionParts): SessionStore {
  const { connection, writer } = parts
  const rows = new RowWriter(connection, 'session', 'session_id')
  return {
    change(id, readSet, change, decide) {
      const work = (transaction: Transaction) => {
        const isWhole = readSet.brief !== true || parts.cache.get(id) !== undefined
        const snapshot = loadSnapshot(parts, id, readSet)
        return write(parts, rows, snapshot, decide(snapshot), transaction, isWhole)
      }
      // An idempotent change and its result are undone together.
      return writer.write(change, work, { guarded: change.idempotency !== undefined, deferrable: readSet.deferrable ?? false })
    },
    async find(id) {
      return connection.read(() => sessionById(connection, id))
    },
    async removedUpTo(id, machine, projects) {
      return connection.read(() => removedUpTo(connection, id, machine, projects))
    },
    async observedEvents(id, limit) {
      return connection.read(() => observedEvents(connection, id, limit))
    },
    async list(query) {
      return connection.read(() => (query.session_id_prefix === undefined ? list(connection, query) : listByPrefix(connection, query)))
    },
    async observedOn(machineId) {
      return connection.read(() => {
        const { sql, values } = whereOf({ status: liveStatuses, machine_id: machineId })
        const ids = connection.prepare(`SELECT session_id FROM session WHERE claude_code IS NOT NULL${sql}`)
        return ids.pluck().all(...values) as string[]
      })
    },
    async watched({ failedSince }) {
      return connection.read(() => watchedSessions(connection, failedSince))
    },
    async counts(filter) {
      return connection.read(() => {
        const { sql, values } = whereOf(filter)
        const rows = connection.rows(`SELECT status, sum(sessions) FROM session_count WHERE 1${sql} GROUP BY status`).all(...values) as [
          SessionStatus,
          number,
        ][]
        const counted = Object.fromEntries(sessionStatuses.map((status) => [status, 0])) as Record<SessionStatus, number>
        for (const [status, sessions] of rows) counted[status] = sessions
        return counted
      })
    },
    ...overdueSessions(connection),
    async ended({ statuses, before, limit }) {
      return connection.read(() => {
        const { sql, values } = whereOf({ status: statuses })
        return connection
          .prepare(
            `SELECT session_id, status FROM session WHERE completed_at IS NOT NULL AND completed_at < ?${sql} ORDER BY completed_at, session_id LIMIT ?`,
          )
          .all(before, ...values, limit) as { session_id: string; status: SessionStatus }[]
      })
    },
    async countEnded({ statuses, before }) {
      return connection.read(() => {
        const { sql, values } = whereOf({ status: statuses })
        return connection
          .prepare(
            `SELECT status, count(*) AS sessions,
               coalesce(sum((SELECT count(*) FROM task WHERE task.session_id = session.session_id)), 0) AS tasks
             FROM session WHERE completed_at IS NOT NULL AND completed_at < ?${sql} GROUP BY status`,
          )
          .all(before, ...values) as { status: SessionStatus; sessions: number; tasks: number }[]
      })
    },
  }
}

function sessionById(connection: Connection, id: string): SessionRecord | undefined {
  return connection.prepare('SELECT * FROM session WHERE session_id = ?').get(id) as SessionRecord | undefined
}

/** The columns of texts that grow with the session; see `ReadSet.brief`. */
const longColumns = ['claude_code', 'observed', 'history', 'metadata'] as const

let briefQuery: string | undefined

/** The session without its long texts: SQLite need not read the pages on which they are. */
function briefById(connection: Connection, id: string): SessionRecord | undefined {
  briefQuery ??= toBriefQuery(connection.prepare('SELECT name FROM pragma_table_info(?)').pluck().all('session') as string[])
  return connection.prepare(briefQuery).get(id) as SessionRecord | undefined
}

function toBriefQuery(columns: readonly string[]): string {
  const brief = columns.map((name) => (longColumns.some((long) => long === name) ? `iif(${name} IS NULL, NULL, '') AS ${name}` : name))
  return `SELECT ${brief.join(', ')} FROM session WHERE session_id = ?`
}

/** SQLite takes the few words out of the long texts: to send ten thousand of those here takes longer. */
const watchedQuery = `
  SELECT ${watchedColumns.join(', ')}, json_extract(claude_code, '$.name') AS name, json_extract(claude_code, '$.model') AS model,
    json_extract(claude_code, '$.activity_since') AS activity_since,
    iif(status = 'failed', json_extract(history, '$.failure.reason'), NULL) AS failure_reason
  FROM session`

function watchedSessions(connection: Connection, failedSince: number): WatchedSession[] {
  const { sql, values } = whereOf({ status: liveStatuses })
  const rows = connection
    .prepare(`${watchedQuery} WHERE 1${sql} UNION ALL ${watchedQuery} WHERE status = 'failed' AND completed_at >= ?`)
    .all(...values, failedSince) as (Omit<WatchedSession, 'activity_since'> & { readonly activity_since: string | null })[]
  return rows.map((row) => ({ ...row, activity_since: row.activity_since === null ? null : Date.parse(row.activity_since) }))
}

function loadSnapshot({ connection, tasks, machines, cache }: SessionParts, id: string, readSet: ReadSet): LoadedSession {
  const session = cache.get(id) ?? (readSet.brief ? briefById(connection, id) : sessionById(connection, id))
  const machineId = readSet.machine === 'own' ? session?.machine_id : readSet.machine?.id
  return {
    session,
    tasks: readSet.tasks && session !== undefined ? tasks.ofSession(id) : [],
    machine: machineId === undefined ? undefined : machines.byId(machineId),
    taken: machineId === undefined ? [] : takenSlots(connection, machineId),
  }
}

function write<T>(
  parts: SessionParts,
  rows: RowWriter,
  before: LoadedSession,
  changeSet: ChangeSet<T>,
  { now, publish, guard }: Transaction,
  isWhole: boolean,
): T {
  const { connection, tasks, machines, heartbeats, cache } = parts
  const { session } = changeSet
  if (mayViolateUniqueKey(before.session, changeSet)) guard()
  if (changeSet.machine !== undefined) machines.insert(changeSet.machine)
  if (changeSet.gone) {
    const { session_id: id } = before.session!
    cache.invalidate(id)
    connection.prepare('DELETE FROM task WHERE session_id = ?').run(id)
    connection.prepare('DELETE FROM session_event WHERE session_id = ?').run(id)
    connection.prepare('DELETE FROM session WHERE session_id = ?').run(id)
    addRemoval(connection, { session_id: id, at: now })
  } else if (session !== undefined) {
    withConflicts(session, () => {
      if (before.session === undefined) insertRow(connection, 'session', { ...session })
      else rows.update(before.session, session)
      if (isWhole) cache.set(session)
    })
  }
  for (const task of changeSet.tasks ?? []) tasks.put(task)
  if (changeSet.observed !== undefined) putObservedEvents(connection, changeSet.observed)
  for (const id of changeSet.tasksGone ?? []) connection.prepare('DELETE FROM task WHERE task_id = ?').run(id)
  if (changeSet.machineHeartbeat && changeSet.machine === undefined)
    heartbeats.record((session ?? before.session)!.machine_id, now, publish)
  for (const event of changeSet.events) publish(event)
  return changeSet.result
}

function mayViolateUniqueKey(from: SessionRecord | undefined, { session, tasks, machine }: ChangeSet<unknown>): boolean {
  if (machine !== undefined || (tasks !== undefined && tasks.length > 0)) return true
  if (session === undefined) return false
  return from === undefined || session.docker_slot !== from.docker_slot || session.machine_id !== from.machine_id
}

/** @throws HubError `conflict` when a unique key of the table refuses the id, or the slot, of the session */
function withConflicts(session: SessionRecord, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    if (error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY') throw sessionExists(session.session_id)
    if (error.code === 'SQLITE_CONSTRAINT_UNIQUE') throw slotTaken(session.machine_id, session.docker_slot!)
    throw error
  }
}

function orderBy(order: SessionQuery['order']): string {
  return order === 'newest' ? 'created_at DESC, session_id' : 'last_heartbeat, session_id'
}

function sortOf(order: SessionQuery['order']): { column: string; descending: boolean } {
  return order === 'newest' ? { column: 'created_at', descending: true } : { column: 'last_heartbeat', descending: false }
}

function list(connection: Connection, { statuses, project_id, machine_id, heartbeatBefore, order, limit, offset, after }: SessionQuery) {
  const { sql, values } = whereOf({ status: statuses, project_id, machine_id })
  const before = heartbeatBefore === undefined ? '' : ' AND last_heartbeat < ?'
  const filtered = [...values, ...(heartbeatBefore === undefined ? [] : [heartbeatBefore])]
  const rest = behind(after, sortOf(order), 'session_id')
  // An index has each status in this order; SQLite merges the first rows of each.
  const rows = connection
    .prepare(`SELECT * FROM session WHERE 1${sql}${before}${rest.sql} ORDER BY ${orderBy(order)} LIMIT ? OFFSET ?`)
    .all(...filtered, ...rest.values, limit, offset) as SessionRecord[]
  const count =
    heartbeatBefore === undefined
      ? `SELECT coalesce(sum(sessions), 0) FROM session_count WHERE 1${sql}`
      : `SELECT count(*) FROM session WHERE 1${sql}${before}`
  const total = connection
    .prepare(count)
    .pluck()
    .get(...filtered) as number
  return { rows, total }
}

/**
 * A few sessions with a prefix are found by their ids and then sorted; very many, as with ids that begin with their time of
 * creation, are found faster in the order of the list. A plus before a column keeps SQLite from using its index.
 */
function listByPrefix(connection: Connection, query: SessionQuery) {
  const { statuses, project_id, machine_id, session_id_prefix, heartbeatBefore, order, limit, offset, after } = query
  const range = rangeOf(session_id_prefix!)
  const inRange = connection.prepare('SELECT count(*) FROM session WHERE session_id >= ? AND session_id < ?').pluck()
  const withPrefix = inRange.get(...range) as number
  if (withPrefix === 0) return { rows: [], total: 0 }
  const [own, others] = withPrefix > MAX_SORTED_SESSIONS ? ['+', ''] : ['', '+']
  const hasPrefix = `${own}session_id >= ? AND ${own}session_id < ?`
  const { sql, values } = whereOf({
    [`${others}status`]: statuses,
    [`${others}project_id`]: project_id,
    [`${others}machine_id`]: machine_id,
  })
  const where = `${hasPrefix}${sql}${heartbeatBefore === undefined ? '' : ' AND last_heartbeat < ?'}`
  const all = [...range, ...values, ...(heartbeatBefore === undefined ? [] : [heartbeatBefore])]
  const isFiltered = values.length > 0 || heartbeatBefore !== undefined
  const count = () => connection.prepare(`SELECT count(*) FROM session WHERE ${where}`).pluck()
  const total = isFiltered ? (count().get(...all) as number) : withPrefix
  const { column, descending } = sortOf(order)
  const rest = behind(after, { column: `${others}${column}`, descending }, `${own}session_id`)
  const rows = connection
    .prepare(`SELECT * FROM session WHERE ${where}${rest.sql} ORDER BY ${others}${orderBy(order)} LIMIT ? OFFSET ?`)
    .all(...all, ...rest.values, limit, offset) as SessionRecord[]
  return { rows, total }
}
