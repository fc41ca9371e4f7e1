import type { MachineStatus } from '@signalbox/contract/machine-status'
import type { Collection, Filter } from 'mongodb'
import { instantOf } from '../../clock.ts'
import type { MachineDecision } from '../../state/change-set.ts'
import { machineHeartbeatIntervalMs, recordMachineHeartbeat } from '../../state/machine-heartbeat.ts'
import { machineEvent } from '../../state/machine-record.ts'
import type { MachineStore } from '../machine.ts'
import type { Connection } from './connection.ts'
import type { MachineDocument } from './machine-document.ts'

/** Throttles the heartbeats of sessions for their machines by `machineHeartbeatIntervalMs`. */
export class MachineHeartbeats {
  readonly #offlineMs: number
  /** The last heartbeat written for each machine, in milliseconds. */
  readonly #lastHeartbeats = new Map<string, number>()

  constructor(offlineMs: number) {
    this.#offlineMs = offlineMs
  }

  /**
   * Whether a heartbeat is to be written; then the next one is not until the interval is over.
   * @param status the last known one, if any: a heartbeat that brings a machine back online is never throttled
   */
  take(id: string, now: number, status?: MachineStatus): boolean {
    const last = this.#lastHeartbeats.get(id)
    // A negative difference means that the clock was set back; the heartbeat is written then.
    const isRecent = last !== undefined && now - last >= 0 && now - last < machineHeartbeatIntervalMs(this.#offlineMs)
    if (status !== 'offline' && isRecent) return false
    this.#lastHeartbeats.set(id, now)
    return true
  }

  /** To be called when the status of a machine changes: the next heartbeat is written. */
  clear(id: string): void {
    this.#lastHeartbeats.delete(id)
  }

  decision(now: number): MachineDecision<null> {
    return ({ machine }) => {
      if (machine === undefined) return { events: [], result: null }
      const next = recordMachineHeartbeat(machine, now, this.#offlineMs)
      if (next.status === machine.status) return { machine: next, events: [], result: null }
      const details = { from: machine.status, reason: 'heartbeat of a session', occurred_at: instantOf(now) }
      return { machine: next, events: [machineEvent('machine.status', next, details)], result: null }
    }
  }
}

/** The machines whose heartbeat is overdue. */
export function dueMachines(connection: Connection, machines: Collection<MachineDocument>): MachineStore['due'] {
  return ({ now, listening, limit }) =>
    connection.read(async () => {
      const overdue = await machines
        .find({ 'machine.due_at': { $lte: listening.latestDue(now) } } as Filter<MachineDocument>, { sort: { 'machine.due_at': 1 } })
        .toArray()
      return overdue
        .filter(({ machine }) => listening.overdueAt(machine)! <= now)
        .map(({ machine }) => machine.machine_id)
        .slice(0, limit)
    })
}
