import type {
  AssignSession,
  AvailableMachine,
  CreateMachine,
  Machine,
  MachineHeartbeat,
  MachineHeartbeatAnswer,
  ReleaseSession,
  UpdateMachine,
} from '@signalbox/contract/machine'
import type { CallOptions, ChangeOptions, ListOptions } from './call-options.ts'
import type { Http } from './http.ts'
import type { ListQuery, MachineQuery } from './query.ts'
import { TaskCalls } from './task-calls.ts'

/** The routes of machines, added to those of sessions and tasks. */
export class MachineCalls extends TaskCalls {
  readonly #http: Http

  constructor(http: Http) {
    super(http)
    this.#http = http
  }

  /** One that is registered already rejects with a ConflictError, unless only a session had named it. Scope `write`. */
  createMachine(machine: CreateMachine, { signal }: CallOptions = {}): Promise<Machine> {
    return this.#http.send({ method: 'POST', path: '/machines', body: machine, once: true, signal })
  }

  /** Scope `read`. */
  getMachine(machineId: string, { signal }: CallOptions = {}): Promise<Machine> {
    return this.#http.send({ method: 'GET', path: '/machines/:id', id: machineId, signal })
  }

  /** By id. Scope `read`. */
  listMachines(query: MachineQuery = {}, options: ListOptions = {}): Promise<Machine[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/machines', query: { ...query } })
  }

  /** What is absent stays; a slot that is held cannot be taken away. Scope `write`. */
  updateMachine(machineId: string, change: UpdateMachine, options: ChangeOptions = {}): Promise<Machine> {
    return this.#http.send({ ...options, method: 'PUT', path: '/machines/:id', id: machineId, body: change })
  }

  /** It is offline, and stays known; not while it holds live sessions. Scope `write`. */
  async deleteMachine(machineId: string, options: ChangeOptions = {}): Promise<void> {
    await this.#http.send({ ...options, method: 'DELETE', path: '/machines/:id', id: machineId })
  }

  /** Those that are online and have a free slot, most free first. Scope `read`. */
  findAvailableMachines(query: ListQuery = {}, options: ListOptions = {}): Promise<AvailableMachine[]> {
    return this.#http.send({ ...options, method: 'GET', path: '/machines/available', query: { ...query } })
  }

  /** It lives; one that was offline is online again, maintenance stays. Scope `write`. */
  updateMachineHeartbeat(machineId: string, beat: MachineHeartbeat = {}, { signal }: CallOptions = {}): Promise<MachineHeartbeatAnswer> {
    return this.#http.send({ method: 'POST', path: '/machines/:id/heartbeat', id: machineId, body: beat, signal })
  }

  /** Gives a live session the slot that is named, or the lowest free one. Scope `write`. */
  assignSessionToMachine(machineId: string, assignment: AssignSession, { signal }: CallOptions = {}): Promise<Machine> {
    return this.#http.send({ method: 'POST', path: '/machines/:id/assign-session', id: machineId, body: assignment, once: true, signal })
  }

  /** Takes the slot of a session back; it keeps its machine. Scope `write`. */
  releaseSessionFromMachine(machineId: string, release: ReleaseSession, { signal }: CallOptions = {}): Promise<Machine> {
    return this.#http.send({ method: 'POST', path: '/machines/:id/release-session', id: machineId, body: release, once: true, signal })
  }
}
