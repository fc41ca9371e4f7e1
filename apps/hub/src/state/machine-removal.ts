import { countOf } from '@signalbox/contract/plural'
import { HubError } from '../hub-error.ts'
import type { LoadedMachine, MachineChangeSet } from './change-set.ts'
import { isConnected, readCollector } from './machine-collector.ts'
import { type MachineRecord, machineEvent } from './machine-record.ts'

/**
 * A collector that is in contact would make the machine again with its next heartbeat.
 * @throws HubError `conflict`
 */
export function requireCollectorAway({ machine_id: id, collector }: MachineRecord, now: number, to?: string): void {
  if (collector === null || !isConnected(readCollector(collector), now)) return
  throw new HubError('conflict', `A collector reports from ${id} and would register it again`, {
    suggestion:
      to === undefined
        ? 'Stop that collector first.'
        : `Restart that collector with MACHINE_ID=${to}, or stop it; then repeat this. It counts as away 45 s after its last heartbeat.`,
    details: { machine_id: id },
  })
}

/** The machine that takes over another one: a copy of it under the new id, or itself with what it lacks. */
export function takeMachineOver(state: LoadedMachine, from: MachineRecord, to: string, now: number): MachineChangeSet<MachineRecord> {
  const { machine: known } = state
  if (known !== undefined) {
    if (known.created_at <= from.created_at) return { events: [], result: known }
    const older = { ...known, created_at: from.created_at, updated_at: now, revision: known.revision + 1 }
    return { machine: older, events: [machineEvent('machine.updated', older)], result: older }
  }
  // A host name that was only the id goes with it.
  const hostname = from.hostname === from.machine_id ? to : from.hostname
  const machine: MachineRecord = { ...from, machine_id: to, hostname, updated_at: now, revision: 1 }
  return { machine, events: [machineEvent('machine.created', machine)], result: machine }
}

/** Removes a machine. @param into the machine that has its data from now on @throws HubError `conflict` when a session came back */
export function withoutMachine({ machine, sessions }: LoadedMachine, id: string, now: number, into?: string): MachineChangeSet<null> {
  if (machine === undefined) return { events: [], result: null }
  if (sessions > 0) {
    throw new HubError('conflict', `The machine ${id} holds ${countOf(sessions, 'live session')}`, {
      suggestion: 'End them first; GET /sessions/by-machine/… lists them.',
      details: { live_sessions: sessions },
    })
  }
  requireCollectorAway(machine, now, into)
  return {
    gone: true,
    events: [{ event: 'machine.removed', data: { machine_id: id, ...(into === undefined ? {} : { merged_into: into }) } }],
    result: null,
  }
}
