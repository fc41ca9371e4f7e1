import type { Machine } from '@signalbox/contract/machine'
import type { MachineStatus } from '@signalbox/contract/machine-status'
import { instantOf } from '../clock.ts'
import type { NewEvent } from '../event/new-event.ts'
import { HubError } from '../hub-error.ts'
import { toCollector } from './machine-collector.ts'
import { emptyMetadata, parseMetadata } from './metadata.ts'

/** A machine as a store keeps it; instants are milliseconds, null is absent. */
export interface MachineRecord {
  readonly machine_id: string
  readonly hostname: string
  /** Ascending. */
  readonly docker_slots: readonly number[]
  readonly status: MachineStatus
  readonly last_heartbeat: number
  /** When its heartbeat is overdue, and it is offline; null while it is not monitored. */
  readonly due_at: number | null
  /** Registered by a session that runs there, not by a request of its own. */
  readonly implicit: boolean
  /** The last heartbeat of its collector, as JSON; see machine-collector.ts. Null where none ever came. */
  readonly collector: string | null
  /** JSON */
  readonly metadata: string
  readonly created_at: number
  readonly updated_at: number
  readonly revision: number
}

/** @param sessions ids of the live sessions on it */
export function toMachine(record: MachineRecord, sessions: readonly string[], now: number): Machine {
  const collector = record.collector === null ? {} : { collector: toCollector(record.collector, now) }
  return { ...withoutLists(record), ...collector, active_sessions: [...sessions], metadata: parseMetadata(record.metadata) }
}

function withoutLists(record: MachineRecord): Omit<Machine, 'active_sessions' | 'collector' | 'metadata'> {
  return {
    machine_id: record.machine_id,
    hostname: record.hostname,
    docker_slots: [...record.docker_slots],
    status: record.status,
    last_heartbeat: instantOf(record.last_heartbeat),
    created_at: instantOf(record.created_at),
    updated_at: instantOf(record.updated_at),
    revision: record.revision,
  }
}

export function machineEvent(
  event: 'machine.created' | 'machine.updated' | 'machine.status',
  record: MachineRecord,
  more: Readonly<Record<string, unknown>> = {},
): NewEvent {
  return { event, data: { ...withoutLists(record), ...more } }
}

export function machineNotFound(id: string): HubError {
  return new HubError('not_found', `There is no machine ${id}`, {
    suggestion: 'GET /machines lists the machines there are; POST /machines registers one.',
  })
}

/** A machine that is registered because a session runs there. */
export function implicitMachine(id: string, now: number, offlineMs: number): MachineRecord {
  return {
    machine_id: id,
    hostname: id,
    docker_slots: [],
    status: 'online',
    last_heartbeat: now,
    due_at: now + offlineMs,
    implicit: true,
    collector: null,
    metadata: emptyMetadata,
    created_at: now,
    updated_at: now,
    revision: 1,
  }
}

/** @throws HubError `not_found`, `precondition_failed` */
export function requireMachine(
  { machine }: { readonly machine: MachineRecord | undefined },
  id: string,
  revision: number | undefined,
): MachineRecord {
  if (machine === undefined) throw machineNotFound(id)
  if (revision !== undefined && revision !== machine.revision) {
    throw new HubError('precondition_failed', `The machine is at revision ${machine.revision}, not ${revision}`, {
      suggestion: 'Read the machine again and decide again.',
      details: { revision: machine.revision },
    })
  }
  return machine
}
