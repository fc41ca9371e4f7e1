import { type SessionStatus, sessionStatuses } from '@signalbox/contract/session'
import Database from 'better-sqlite3'
import type { Held, Needs, Outcome, TakenSlot } from '../../state/held.ts'
import { sessionExists } from '../../state/session.ts'
import type { SessionRecord } from '../../state/session-record.ts'
import { slotTaken } from '../../state/slot.ts'
import { beatingStatuses } from '../../state/transition.ts'
import { rangesOf } from '../id-prefix.ts'
import type { SessionQuery, SessionStore } from '../store.ts'
import type { Connection } from './connection.ts'
import type { MachineRows } from './machine.ts'
import type { RecentSessions } from './recent-sessions.ts'
import { insertRow, RowWriter, whereOf } from './row.ts'
import type { TaskRows } from './task.ts'
import type { Transaction, Writer } from './writer.ts'

const beating = beatingStatuses.map((status) => `'${status}'`).join(', ')
/** So many sessions are sorted faster than the newest of them are found among all. */
const MANY = 5_000
/** When a session is overdue for somebody who has listened since `?`: `dueOf` as SQL. */
const overdue = 'due_at IS NOT NULL AND due_at <= ? AND ? + (due_at - last_heartbeat) <= ?'

export function sessionStore(
  connection: Connection,
  writer: Writer,
  tasks: TaskRows,
  machines: MachineRows,
  recent: RecentSessions,
): SessionStore {
  const byId = (id: string) => connection.prepare('SELECT * FROM session WHERE session_id = ?').get(id) as SessionRecord | undefined
  const sessions = new RowWriter(connection, 'session', 'session_id')

  const hold = (id: string, needs: Needs): Held => {
    const session = recent.get(id) ?? byId(id)
    const machineId = needs.machine === 'own' ? session?.machine_id : needs.machine?.id
    return {
      session,
      tasks: needs.tasks && session !== undefined ? tasks.ofSession(id) : [],
      machine: machineId === undefined ? undefined : machines.byId(machineId),
      taken: machineId === undefined ? [] : takenSlots(connection, machineId),
    }
  }

  const write = <T>(held: Held, outcome: Outcome<T>, { now, tell, guard }: Transaction): T => {
    const { session } = outcome
    if (mayBeRefused(held.session, outcome)) guard()
    if (outcome.machine !== undefined) machines.insert(outcome.machine)
    if (outcome.gone) {
      recent.forget(held.session!.session_id)
      connection.prepare('DELETE FROM task WHERE session_id = ?').run(held.session!.session_id)
      connection.prepare('DELETE FROM session WHERE session_id = ?').run(held.session!.session_id)
    } else if (session !== undefined) {
      claiming(session, () => {
        if (held.session === undefined) insertRow(connection, 'session', { ...session })
        else sessions.update(held.session, session)
        recent.written(session)
      })
    }
    for (const task of outcome.tasks ?? []) tasks.put(task)
    for (const id of outcome.tasksGone ?? []) connection.prepare('DELETE FROM task WHERE task_id = ?').run(id)
    if (outcome.beats && outcome.machine === undefined) machines.beat((session ?? held.session)!.machine_id, now, tell)
    for (const event of outcome.events) tell(event)
    return outcome.result
  }

  /**
   * The few that begin so are found by their ids and then sorted; very many, as ids that begin with the time they were made
   * at do, are found sooner in the order of the list. A plus keeps an index out of it.
   */
  const listBeginning = ({ statuses, project_id, machine_id, session_id_prefix, beatBefore, order, limit, offset }: SessionQuery) => {
    const ranges = rangesOf(session_id_prefix!)
    const inRange = connection.prepare('SELECT count(*) FROM session WHERE session_id >= ? AND session_id < ?').pluck()
    const begin = ranges.reduce((sum, range) => sum + (inRange.get(...range) as number), 0)
    if (begin === 0) return { rows: [], total: 0 }
    const [own, others] = begin > MANY ? ['+', ''] : ['', '+']
    const begins = ranges.map(() => `${own}session_id >= ? AND ${own}session_id < ?`).join(' OR ')
    const { sql, values } = whereOf({
      [`${others}status`]: statuses,
      [`${others}project_id`]: project_id,
      [`${others}machine_id`]: machine_id,
    })
    const where = `(${begins})${sql}${beatBefore === undefined ? '' : ' AND last_heartbeat < ?'}`
    const all = [...ranges.flat(), ...values, ...(beatBefore === undefined ? [] : [beatBefore])]
    const isFiltered = values.length > 0 || beatBefore !== undefined
    const counting = () => connection.prepare(`SELECT count(*) FROM session WHERE ${where}`).pluck()
    const total = isFiltered ? (counting().get(...all) as number) : begin
    const by = order === 'newest' ? 'created_at DESC, session_id' : 'last_heartbeat, session_id'
    const rows = connection
      .prepare(`SELECT * FROM session WHERE ${where} ORDER BY ${others}${by} LIMIT ? OFFSET ?`)
      .all(...all, limit, offset) as SessionRecord[]
    return { rows, total }
  }

  return {
    change(id, needs, change, decide) {
      const work = (transaction: Transaction) => {
        const held = hold(id, needs)
        return write(held, decide(held), transaction)
      }
      // Kept together with its result, or not at all.
      return writer.write(change, work, { guarded: change.once !== undefined, patient: needs.patient ?? false })
    },
    async find(id) {
      return connection.read(() => byId(id))
    },
    async list({ statuses, project_id, machine_id, session_id_prefix, beatBefore, order, limit, offset }) {
      return connection.read(() => {
        if (session_id_prefix !== undefined) {
          return listBeginning({ statuses, project_id, machine_id, session_id_prefix, beatBefore, order, limit, offset })
        }
        const { sql, values } = whereOf({ status: statuses, project_id, machine_id })
        const beat = beatBefore === undefined ? '' : ' AND last_heartbeat < ?'
        const filtered = [...values, ...(beatBefore === undefined ? [] : [beatBefore])]
        // Each status by itself is in order in an index; only their heads are merged.
        const by = order === 'newest' ? 'created_at DESC, session_id' : 'last_heartbeat, session_id'
        const rows = connection
          .prepare(`SELECT * FROM session WHERE 1${sql}${beat} ORDER BY ${by} LIMIT ? OFFSET ?`)
          .all(...filtered, limit, offset) as SessionRecord[]
        const total =
          beatBefore === undefined
            ? connection
                .prepare(`SELECT coalesce(sum(sessions), 0) FROM session_count WHERE 1${sql}`)
                .pluck()
                .get(...values)
            : connection
                .prepare(`SELECT count(*) FROM session WHERE 1${sql}${beat}`)
                .pluck()
                .get(...filtered)
        return { rows, total: total as number }
      })
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
    async due({ now, heardSince, limit }) {
      return connection.read(
        () =>
          connection
            .prepare(`SELECT session_id FROM session WHERE ${overdue} ORDER BY due_at LIMIT ?`)
            .pluck()
            .all(now, heardSince, now, limit) as string[],
      )
    },
    async silence({ now, heardSince }) {
      return connection.read(() => {
        const beatingNow = connection
          .prepare(`SELECT coalesce(sum(sessions), 0) FROM session_count WHERE status IN (${beating})`)
          .pluck()
          .get() as number
        // One beat is what was promised, or a fifth of the silence that is allowed to who promised nothing.
        const falling = connection
          .prepare(
            `SELECT count(*) FROM session WHERE due_at IS NOT NULL AND last_heartbeat >= ?
             AND due_at - coalesce(heartbeat_interval_ms, (due_at - last_heartbeat) / 5) <= ?`,
          )
          .pluck()
          .get(heardSince, now) as number
        return { beating: beatingNow, falling }
      })
    },
    async fromTheFuture(now, limit) {
      return connection.read(
        () =>
          connection
            .prepare(`SELECT session_id FROM session WHERE status IN (${beating}) AND last_heartbeat > ? LIMIT ?`)
            .pluck()
            .all(now, limit) as string[],
      )
    },
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

/** Slots of a machine that live sessions hold. */
export function takenSlots(connection: Connection, machineId: string): TakenSlot[] {
  return connection
    .prepare('SELECT docker_slot AS slot, session_id FROM session WHERE machine_id = ? AND docker_slot IS NOT NULL ORDER BY docker_slot')
    .all(machineId) as TakenSlot[]
}

/** Whether a unique key may refuse it after something was written. */
function mayBeRefused(from: SessionRecord | undefined, { session, tasks, machine }: Outcome<unknown>): boolean {
  if (machine !== undefined || (tasks !== undefined && tasks.length > 0)) return true
  if (session === undefined) return false
  return from === undefined || session.docker_slot !== from.docker_slot || session.machine_id !== from.machine_id
}

/** The unique keys have the last word. */
function claiming(session: SessionRecord, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    if (error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY') throw sessionExists(session.session_id)
    if (error.code === 'SQLITE_CONSTRAINT_UNIQUE') throw slotTaken(session.machine_id, session.docker_slot!)
    throw error
  }
}
