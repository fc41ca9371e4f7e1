import { endedStatuses } from '@signalbox/contract/session-cleanup'
import Database from 'better-sqlite3'
import { taskExists } from '../../state/task.ts'
import type { TaskRecord } from '../../state/task-record.ts'
import { liveStatuses } from '../../state/transition.ts'
import type { TaskOfSession, TaskStore } from '../task.ts'
import type { Connection } from './connection.ts'
import { behind, insertRow, RowWriter, whereOf } from './row.ts'

/** Access to tasks inside a transaction. */
export interface TaskRows {
  /** The tasks of a session, in the order of their creation. */
  ofSession(id: string): TaskRecord[]
  /** Inserts or updates a task. @throws HubError `conflict` when another session has a task of that id */
  put(task: TaskRecord): void
}

export function taskRows(connection: Connection): TaskRows {
  const taskWriter = new RowWriter(connection, 'task', 'task_id')
  return {
    ofSession(id) {
      return connection.prepare('SELECT * FROM task WHERE session_id = ? ORDER BY created_at, rowid').all(id) as TaskRecord[]
    },
    put(task) {
      const known = connection.prepare('SELECT * FROM task WHERE task_id = ?').get(task.task_id) as TaskRecord | undefined
      if (known !== undefined && known.session_id !== task.session_id) throw taskExists(task.task_id)
      try {
        if (known === undefined) insertRow(connection, 'task', { ...task })
        else taskWriter.update(known, task)
      } catch (error) {
        if (error instanceof Database.SqliteError && error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY') throw taskExists(task.task_id)
        throw error
      }
    },
  }
}

export function taskStore(connection: Connection, rows: TaskRows): TaskStore {
  return {
    async find(id) {
      return connection.read(() => connection.prepare('SELECT * FROM task WHERE task_id = ?').get(id) as TaskRecord | undefined)
    },
    async ofSession(id) {
      return connection.read(() => rows.ofSession(id))
    },
    async unresolved({ endedSince }) {
      const of = (sessions: string) => `
        SELECT task.*, session.machine_id, session.status AS session_status FROM session CROSS JOIN task USING (session_id)
        WHERE task.status IN ('blocked', 'failed')${sessions}`
      return connection.read(() => {
        const live = whereOf({ 'session.status': liveStatuses })
        const ended = whereOf({ 'session.status': endedStatuses })
        const found = connection
          .prepare(`${of(live.sql)} UNION ALL ${of(`${ended.sql} AND session.completed_at >= ?`)}`)
          .all(...live.values, ...ended.values, endedSince) as (TaskRecord & Omit<TaskOfSession, 'task'>)[]
        return found.map(({ machine_id, session_status, ...task }) => ({ task, machine_id, session_status }))
      })
    },
    async list({ session_id, project_id, statuses, limit, offset, after }) {
      return connection.read(() => {
        const { sql, values } = whereOf({ session_id, project_id, status: statuses })
        const rest = behind(after, { column: 'created_at', descending: true }, 'task_id')
        const found = connection
          .prepare(`SELECT * FROM task WHERE 1${sql}${rest.sql} ORDER BY created_at DESC, task_id LIMIT ? OFFSET ?`)
          .all(...values, ...rest.values, limit, offset) as TaskRecord[]
        const total = connection
          .prepare(`SELECT count(*) FROM task WHERE 1${sql}`)
          .pluck()
          .get(...values) as number
        return { rows: found, total }
      })
    },
  }
}
