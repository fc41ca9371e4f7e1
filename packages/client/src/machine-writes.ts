import type { CollectorHeartbeat, CollectorHeartbeatResponse } from '@signalbox/contract/collector-heartbeat'
import type { DeleteDataResult } from '@signalbox/contract/data-deletion'
import type { DesktopNotices, DesktopPoll } from '@signalbox/contract/desktop-notice'
import type { AssignSession, CreateMachine, Machine, ReleaseSession, UpdateMachine } from '@signalbox/contract/machine'
import type { MachineHeartbeat, MachineHeartbeatResponse } from '@signalbox/contract/machine-heartbeat'
import type { MergeMachine, MovedMachine, PurgedMachine, RenameMachine } from '@signalbox/contract/machine-removal'
import type { FailSessions, FailSessionsResult } from '@signalbox/contract/machine-sessions'
import type { CallOptions, ChangeOptions } from './call-options.ts'
import type { Confirmation, DeleteData } from './query.ts'
import { TaskWrites } from './task-writes.ts'

/** The hub's longest wait in a long poll, and the time for its response to arrive. */
const MAX_WAIT_MS = 20_000
const RESPONSE_GRACE_MS = 10_000

/** The routes that change machines, added to those before. */
export class MachineWrites extends TaskWrites {
  /** Rejects with a ConflictError when the machine is already registered and not just known by a session. Scope `write`. */
  createMachine(machine: CreateMachine, { signal }: CallOptions = {}): Promise<Machine> {
    return this.http.send({ method: 'POST', path: '/machines', body: machine, idempotent: true, signal })
  }

  /** Absent fields stay unchanged; an assigned slot cannot be removed. Scope `write`. */
  updateMachine(machineId: string, change: UpdateMachine, options: ChangeOptions = {}): Promise<Machine> {
    return this.http.send({ ...options, method: 'PUT', path: '/machines/:id', id: machineId, body: change })
  }

  /** Marks the machine as offline; it stays known. Rejects while it has live sessions. Scope `write`. */
  async deleteMachine(machineId: string, options: ChangeOptions = {}): Promise<void> {
    await this.http.send({ ...options, method: 'DELETE', path: '/machines/:id', id: machineId })
  }

  /** Gives a machine, with its sessions, calls and snapshots, an id that is not in use. Scope `admin`. */
  renameMachine(machineId: string, rename: RenameMachine, { signal }: CallOptions = {}): Promise<MovedMachine> {
    return this.http.send({ method: 'POST', path: '/machines/:id/rename', id: machineId, body: rename, idempotent: true, signal })
  }

  /** Gives the sessions, calls and snapshots of a machine to another one, and removes it. Scope `admin`. */
  mergeMachine(machineId: string, merge: MergeMachine, { signal }: CallOptions = {}): Promise<MovedMachine> {
    return this.http.send({ method: 'POST', path: '/machines/:id/merge', id: machineId, body: merge, idempotent: true, signal })
  }

  /** Removes a machine and its collector for good; its calls and ended sessions stay. Scope `admin`. */
  purgeMachine(machineId: string, how: Confirmation, { signal }: CallOptions = {}): Promise<PurgedMachine> {
    return this.http.send({ method: 'DELETE', path: '/machines/:id/purge', id: machineId, query: { ...how }, signal })
  }

  /** Deletes the data of a machine, a project or an account; a dry run only counts it. Scope `admin`. */
  deleteData(selection: DeleteData, how: Confirmation, { signal }: CallOptions = {}): Promise<DeleteDataResult> {
    return this.http.send({ method: 'DELETE', path: '/api/data', query: { ...selection, ...how }, signal })
  }

  /** Sends one heartbeat; an offline machine is online again, one in maintenance stays so. Scope `write`. */
  updateMachineHeartbeat(
    machineId: string,
    heartbeat: MachineHeartbeat = {},
    { signal }: CallOptions = {},
  ): Promise<MachineHeartbeatResponse> {
    return this.http.send({ method: 'POST', path: '/machines/:id/heartbeat', id: machineId, body: heartbeat, signal })
  }

  /**
   * Sends the heartbeat of a collector, which registers its machine and confirms the sessions that it names. The response
   * says which sessions the collector has to report. Scope `ingest`.
   */
  sendCollectorHeartbeat(
    machineId: string,
    heartbeat: CollectorHeartbeat,
    { signal }: CallOptions = {},
  ): Promise<CollectorHeartbeatResponse> {
    return this.http.send({ method: 'POST', path: '/machines/:id/collector', id: machineId, body: heartbeat, signal })
  }

  /**
   * For collectors that can show notifications: waits up to `waitMs` for notices, and says which of the last were shown (a long
   * poll). A single attempt. Scope `ingest`.
   */
  waitForDesktopNotices(call: DesktopPoll, { signal }: CallOptions = {}): Promise<DesktopNotices> {
    const timeout = (call.waitMs ?? MAX_WAIT_MS) + RESPONSE_GRACE_MS
    return this.http.send({ method: 'POST', path: '/api/desktop-notices', body: call, retry: false, timeout, signal })
  }

  /** Assigns the given slot, or the lowest free one, to a live session. Scope `write`. */
  assignSessionToMachine(machineId: string, assignment: AssignSession, { signal }: CallOptions = {}): Promise<Machine> {
    return this.http.send({
      method: 'POST',
      path: '/machines/:id/assign-session',
      id: machineId,
      body: assignment,
      idempotent: true,
      signal,
    })
  }

  /** Releases the slot of a session; the session keeps its machine. Scope `write`. */
  releaseSessionFromMachine(machineId: string, release: ReleaseSession, { signal }: CallOptions = {}): Promise<Machine> {
    return this.http.send({
      method: 'POST',
      path: '/machines/:id/release-session',
      id: machineId,
      body: release,
      idempotent: true,
      signal,
    })
  }

  /** Fails the live sessions of a lost machine; a dry run lists them. `recoverSession` undoes it for one. Scope `write`. */
  failMachineSessions(machineId: string, failure: FailSessions, { signal }: CallOptions = {}): Promise<FailSessionsResult> {
    return this.http.send({
      method: 'POST',
      path: '/machines/:id/fail-sessions',
      id: machineId,
      body: failure,
      idempotent: true,
      signal,
    })
  }
}
