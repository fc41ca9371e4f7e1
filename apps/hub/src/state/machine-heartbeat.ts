import type { UpdateMachine } from '@signalbox/contract/machine'
import { instantOf } from '../clock.ts'
import type { LoadedMachine, MachineChangeSet } from './change-set.ts'
import type { Listening } from './listening.ts'
import { collectorOfEvent, machineTimeoutMs } from './machine-collector.ts'
import { type MachineRecord, machineEvent, requireMachine } from './machine-record.ts'
import { mergeMetadata } from './metadata.ts'

/** @throws HubError `not_found` */
export function heartbeatMachine(
  state: LoadedMachine,
  id: string,
  change: Pick<UpdateMachine, 'metadata'>,
  now: number,
  offlineMs: number,
): MachineChangeSet<MachineRecord> {
  const machine = requireMachine(state, id, undefined)
  const metadata = mergeMetadata(machine.metadata, change.metadata)
  const alive = recordMachineHeartbeat(machine, now, offlineMs)
  if (alive.status === machine.status && metadata === machine.metadata) return { machine: alive, events: [], result: alive }
  const next = { ...alive, metadata, updated_at: now }
  return {
    machine: next,
    events: [
      next.status === machine.status
        ? machineEvent('machine.updated', next)
        : machineEvent('machine.status', next, { from: machine.status, occurred_at: instantOf(now) }),
    ],
    result: next,
  }
}

/**
 * The age, in milliseconds, from which a machine's last heartbeat is written anew when one of its sessions sends one, so that
 * many sessions on one machine cause one write. A hundredth of the allowed time, at most five seconds.
 */
export function machineHeartbeatIntervalMs(offlineMs: number): number {
  return Math.min(5000, offlineMs / 100)
}

/** Records a heartbeat; it brings an offline machine online again, and a machine in maintenance stays there. */
export function recordMachineHeartbeat(machine: MachineRecord, now: number, offlineMs: number): MachineRecord {
  const status = machine.status === 'offline' ? 'online' : machine.status
  return {
    ...machine,
    status,
    // May go back: heartbeats may overtake each other, and the clock may be set back.
    last_heartbeat: now,
    due_at: status === 'online' ? now + machineTimeoutMs(machine, now, offlineMs) : null,
    updated_at: status === machine.status ? machine.updated_at : now,
    revision: machine.revision + 1,
  }
}

/** Marks an overdue machine offline, dated at the moment it was due. The result is false, and nothing is written, when it is no longer overdue. */
export function markMachineOverdue({ machine }: LoadedMachine, listening: Listening, now: number): MachineChangeSet<boolean> {
  const due = machine && listening.overdueAt(machine)
  if (machine === undefined || due === undefined || due > now) return { events: [], result: false }
  const next: MachineRecord = {
    ...machine,
    status: 'offline',
    due_at: null,
    updated_at: Math.max(due, machine.updated_at),
    revision: machine.revision + 1,
  }
  return {
    machine: next,
    events: [
      machineEvent('machine.status', next, {
        ...collectorOfEvent(next, now),
        from: machine.status,
        reason: 'no heartbeat',
        occurred_at: instantOf(due),
      }),
    ],
    result: true,
  }
}

/** As `redateFutureHeartbeat`. */
export function redateFutureMachine(
  { machine }: LoadedMachine,
  listening: Listening,
  step: number,
  now: number,
): MachineChangeSet<boolean> {
  if (machine === undefined || machine.last_heartbeat <= now) return { events: [], result: false }
  const due = listening.overdueAt(machine)
  const next: MachineRecord = {
    ...machine,
    last_heartbeat: now,
    due_at: due === undefined ? null : due + step,
    revision: machine.revision + 1,
  }
  return { machine: next, events: [], result: true }
}
