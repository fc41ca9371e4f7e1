import { freeSlots } from '../../state/slot.ts'
import { liveStatuses } from '../../state/transition.ts'
import { behindFree, type MachineStore } from '../machine.ts'
import type { Connection } from './connection.ts'
import { dueMachines, type MachineHeartbeats } from './machine-heartbeat.ts'
import { type MachineRow, type MachineRows, machineRecord } from './machine-rows.ts'
import { whereOf } from './row.ts'
import { takenSlots } from './slot.ts'
import type { Writer } from './writer.ts'

const live = liveStatuses.map((status) => `'${status}'`).join(', ')

export function machineStore(connection: Connection, writer: Writer, rows: MachineRows, heartbeats: MachineHeartbeats): MachineStore {
  return {
    change(id, change, decide) {
      return writer.write(change, ({ publish }) => {
        const machine = rows.byId(id)
        const taken = takenSlots(connection, id)
        const sessions = connection
          .prepare(`SELECT coalesce(sum(sessions), 0) FROM session_count WHERE machine_id = ? AND status IN (${live})`)
          .pluck()
          .get(id) as number
        const changeSet = decide({ machine, taken, sessions })
        if (changeSet.gone) {
          rows.remove(id)
          heartbeats.clear()
        } else if (changeSet.machine !== undefined) {
          if (machine === undefined) rows.insert(changeSet.machine)
          else rows.update(machine, changeSet.machine)
          // The machine may be offline now, and the next heartbeat of a session brings it back.
          heartbeats.clear()
        }
        for (const event of changeSet.events) publish(event)
        return changeSet.result
      })
    },
    async find(id) {
      return connection.read(() => rows.byId(id))
    },
    async list({ statuses, hostname, limit, offset, after }) {
      return connection.read(() => {
        const { sql, values } = whereOf({ status: statuses, hostname })
        const found = connection
          .prepare(
            `SELECT * FROM machine WHERE 1${sql}${after === undefined ? '' : ' AND machine_id > ?'} ORDER BY machine_id LIMIT ? OFFSET ?`,
          )
          .all(...values, ...(after === undefined ? [] : [after.id]), limit, offset) as MachineRow[]
        const total = connection
          .prepare(`SELECT count(*) FROM machine WHERE 1${sql}`)
          .pluck()
          .get(...values) as number
        return { rows: found.map(machineRecord), total }
      })
    },
    async available({ limit, offset, after }) {
      return connection.read(() => {
        const online = connection
          .prepare("SELECT * FROM machine WHERE status = 'online' AND docker_slots <> '[]' ORDER BY machine_id")
          .all() as MachineRow[]
        const free = online
          .map((row) => ({ machine: machineRecord(row), taken: takenSlots(connection, row.machine_id) }))
          .map((one) => ({ ...one, free: freeSlots(one.machine, one.taken).length }))
          .filter((one) => one.free > 0)
          .sort((a, b) => b.free - a.free)
        const rest = behindFree(free, after)
        return { rows: rest.slice(offset, offset + limit).map(({ machine, taken }) => ({ machine, taken })), total: free.length }
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
    due: dueMachines(connection),
  }
}
