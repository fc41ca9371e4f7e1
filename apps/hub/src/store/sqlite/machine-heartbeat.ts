import { instantOf } from '../../clock.ts'
import type { NewEvent } from '../../event/new-event.ts'
import { machineHeartbeatIntervalMs, recordMachineHeartbeat } from '../../state/machine-heartbeat.ts'
import { type MachineRecord, machineEvent } from '../../state/machine-record.ts'
import type { MachineStore } from '../machine.ts'
import type { Connection } from './connection.ts'
import type { MachineRows } from './machine-rows.ts'

/** Records the heartbeats of sessions for their machines, throttled by `machineHeartbeatIntervalMs`. */
export class MachineHeartbeats {
  readonly #rows: MachineRows
  readonly #offlineMs: number
  /** The last heartbeat written for each machine, in milliseconds. */
  readonly #lastHeartbeats = new Map<string, number>()

  constructor(rows: MachineRows, offlineMs: number) {
    this.#rows = rows
    this.#offlineMs = offlineMs
  }

  /** Only inside a transaction. */
  record(id: string, now: number, publish: (event: NewEvent) => void): void {
    const last = this.#lastHeartbeats.get(id)
    // A negative difference means that the clock was set back; the heartbeat is written then.
    if (last !== undefined && now - last >= 0 && now - last < machineHeartbeatIntervalMs(this.#offlineMs)) return
    this.#lastHeartbeats.set(id, now)
    const machine = this.#rows.byId(id)
    if (machine === undefined) return
    const next = recordMachineHeartbeat(machine, now, this.#offlineMs)
    this.#rows.update(machine, next)
    if (next.status !== machine.status) {
      publish(machineEvent('machine.status', next, { from: machine.status, reason: 'heartbeat of a session', occurred_at: instantOf(now) }))
    }
  }

  /** To be called after a rollback, and after any other change of a machine: the next heartbeat is written. */
  clear(): void {
    this.#lastHeartbeats.clear()
  }
}

/** The machines whose heartbeat is overdue. */
export function dueMachines(connection: Connection): MachineStore['due'] {
  return async ({ now, listening, limit }) =>
    connection.read(() => {
      const rows = connection
        .prepare('SELECT machine_id, due_at, last_heartbeat FROM machine WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at')
        .all(listening.latestDue(now)) as Pick<MachineRecord, 'machine_id' | 'due_at' | 'last_heartbeat'>[]
      return rows
        .filter((row) => listening.overdueAt(row)! <= now)
        .slice(0, limit)
        .map(({ machine_id }) => machine_id)
    })
}
