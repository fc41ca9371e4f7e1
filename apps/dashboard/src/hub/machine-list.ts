import type { LiveEvent } from '@signalbox/client'
import type { Machine } from '@signalbox/contract/machine'

/** A machine as its events carry it; its sessions come from the session events. */
export type ListedMachine = Omit<Machine, 'metadata' | 'active_sessions'>
export type MachineList = ReadonlyMap<string, ListedMachine>

export function buildMachineList(machines: readonly Machine[]): MachineList {
  return new Map(machines.map(({ metadata: _, active_sessions: __, ...machine }) => [machine.machine_id, machine]))
}

/** The list after these events, in order; the same object when they change nothing. */
export function applyMachineEvents(list: MachineList, events: readonly LiveEvent[]): MachineList {
  let machines: Map<string, ListedMachine> | undefined
  for (const { event, data } of events) {
    if (!event.startsWith('machine.')) continue
    const { machine_id, hostname, docker_slots, status, last_heartbeat, created_at, updated_at, revision, collector } =
      data as unknown as Machine
    const known = (machines ?? list).get(machine_id)
    if (known !== undefined && revision <= known.revision) continue
    machines ??= new Map(list)
    const next = { machine_id, hostname, docker_slots, status, last_heartbeat, created_at, updated_at, revision }
    const current = toCollector(known?.collector, collector, status)
    machines.set(machine_id, current === undefined ? next : { ...next, collector: current })
  }
  return machines ?? list
}

/** The collector after an event. An event leaves out a long list of sources, and one that is not of the collector all of it. */
function toCollector(
  known: ListedMachine['collector'],
  sent: ListedMachine['collector'],
  status: Machine['status'],
): ListedMachine['collector'] {
  if (sent !== undefined) return sent.sources === undefined && known?.sources !== undefined ? { ...sent, sources: known.sources } : sent
  return known !== undefined && status === 'offline' ? { ...known, connected: false } : known
}
