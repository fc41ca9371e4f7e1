import type { LiveEvent } from '@signalbox/client'
import type { Machine } from '@signalbox/contract/machine'

/** A machine as its events tell it; who is on it is told by the sessions. */
export type ListedMachine = Omit<Machine, 'metadata' | 'active_sessions'>
export type MachineList = ReadonlyMap<string, ListedMachine>

export function machineListOf(machines: readonly Machine[]): MachineList {
  return new Map(machines.map(({ metadata: _, active_sessions: __, ...machine }) => [machine.machine_id, machine]))
}

/** The list after these events, in their order; the same object when they change nothing. */
export function withMachineEvents(list: MachineList, events: readonly LiveEvent[]): MachineList {
  let machines: Map<string, ListedMachine> | undefined
  for (const { event, data } of events) {
    if (!event.startsWith('machine.')) continue
    const { machine_id, hostname, docker_slots, status, last_heartbeat, created_at, updated_at, revision } = data as unknown as Machine
    const known = (machines ?? list).get(machine_id)
    if (known !== undefined && revision <= known.revision) continue
    machines ??= new Map(list)
    machines.set(machine_id, { machine_id, hostname, docker_slots, status, last_heartbeat, created_at, updated_at, revision })
  }
  return machines ?? list
}
