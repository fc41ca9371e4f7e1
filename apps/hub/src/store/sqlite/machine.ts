import { instantOf } from '../../clock.ts'
import { beat, type MachineRecord, machineBeatEvery, machineEvent } from '../../state/machine.ts'
import { freeSlots } from '../../state/slot.ts'
import { liveStatuses } from '../../state/transition.ts'
import type { MachineStore, NewEvent } from '../store.ts'
import type { Connection } from './connection.ts'
import { insertRow, RowWriter, whereOf } from './row.ts'
import { takenSlots } from './session.ts'
import type { Writer } from './writer.ts'

type MachineRow = Omit<MachineRecord, 'docker_slots' | 'implicit'> & { readonly docker_slots: string; readonly implicit: number }

const live = liveStatuses.map((status) => `'${status}'`).join(', ')

/** Machines, inside a transaction. */
export interface MachineRows {
  byId(id: string): MachineRecord | undefined
  insert(machine: MachineRecord): void
  /** A session's beat counts for its machine; written now and then, see `machineBeatEvery`. */
  beat(id: string, now: number, tell: (event: NewEvent) => void): void
  /** After a rollback what was written is not there. */
  forget(): void
}

export function machineRows(connection: Connection, offlineMs: number): MachineRows {
  const written = new RowWriter(connection, 'machine', 'machine_id')
  const lastBeats = new Map<string, number>()
  const byId = (id: string) => {
    const row = connection.prepare('SELECT * FROM machine WHERE machine_id = ?').get(id) as MachineRow | undefined
    return row && recordOf(row)
  }
  return {
    byId,
    insert(machine) {
      insertRow(connection, 'machine', rowOf(machine))
    },
    beat(id, now, tell) {
      const last = lastBeats.get(id)
      // Also when the clock was set back: the difference is negative then.
      if (last !== undefined && now - last >= 0 && now - last < machineBeatEvery(offlineMs)) return
      lastBeats.set(id, now)
      const machine = byId(id)
      if (machine === undefined) return
      const next = beat(machine, now, offlineMs)
      written.update(rowOf(machine), rowOf(next))
      if (next.status !== machine.status) {
        tell(machineEvent('machine.status', next, { from: machine.status, reason: 'heartbeat of a session', occurred_at: instantOf(now) }))
      }
    },
    forget() {
      lastBeats.clear()
    },
  }
}

export function machineStore(connection: Connection, writer: Writer, rows: MachineRows): MachineStore {
  const written = new RowWriter(connection, 'machine', 'machine_id')
  return {
    change(id, change, decide) {
      return writer.write(change, ({ tell }) => {
        const machine = rows.byId(id)
        const taken = takenSlots(connection, id)
        const sessions = connection
          .prepare(`SELECT coalesce(sum(sessions), 0) FROM session_count WHERE machine_id = ? AND status IN (${live})`)
          .pluck()
          .get(id) as number
        const outcome = decide({ machine, taken, sessions })
        if (outcome.machine !== undefined) {
          if (machine === undefined) rows.insert(outcome.machine)
          else written.update(rowOf(machine), rowOf(outcome.machine))
          // What a session's beat would bring it back from may have changed.
          rows.forget()
        }
        for (const event of outcome.events) tell(event)
        return outcome.result
      })
    },
    async find(id) {
      return connection.read(() => rows.byId(id))
    },
    async list({ statuses, hostname, limit, offset }) {
      return connection.read(() => {
        const { sql, values } = whereOf({ status: statuses, hostname })
        const found = connection
          .prepare(`SELECT * FROM machine WHERE 1${sql} ORDER BY machine_id LIMIT ? OFFSET ?`)
          .all(...values, limit, offset) as MachineRow[]
        const total = connection
          .prepare(`SELECT count(*) FROM machine WHERE 1${sql}`)
          .pluck()
          .get(...values) as number
        return { rows: found.map(recordOf), total }
      })
    },
    async available({ limit, offset }) {
      return connection.read(() => {
        const online = connection
          .prepare("SELECT * FROM machine WHERE status = 'online' AND docker_slots <> '[]' ORDER BY machine_id")
          .all() as MachineRow[]
        const free = online
          .map((row) => ({ machine: recordOf(row), taken: takenSlots(connection, row.machine_id) }))
          .map((one) => ({ ...one, free: freeSlots(one.machine, one.taken).length }))
          .filter((one) => one.free > 0)
          .sort((a, b) => b.free - a.free)
        return { rows: free.slice(offset, offset + limit).map(({ machine, taken }) => ({ machine, taken })), total: free.length }
      })
    },
    async sessionsOf(ids) {
      return connection.read(() => {
        const ofMachine = connection
          .prepare(`SELECT session_id FROM session WHERE machine_id = ? AND status IN (${live}) ORDER BY session_id`)
          .pluck()
        return new Map(ids.map((id) => [id, ofMachine.all(id) as string[]]))
      })
    },
    async due({ now, heardSince, limit }) {
      return connection.read(
        () =>
          connection
            .prepare(
              'SELECT machine_id FROM machine WHERE due_at IS NOT NULL AND due_at <= ? AND ? + (due_at - last_heartbeat) <= ? ORDER BY due_at LIMIT ?',
            )
            .pluck()
            .all(now, heardSince, now, limit) as string[],
      )
    },
  }
}

function recordOf(row: MachineRow): MachineRecord {
  return { ...row, docker_slots: JSON.parse(row.docker_slots) as number[], implicit: row.implicit === 1 }
}

function rowOf(record: MachineRecord): { [column: string]: unknown } {
  return { ...record, docker_slots: JSON.stringify(record.docker_slots), implicit: record.implicit ? 1 : 0 }
}
