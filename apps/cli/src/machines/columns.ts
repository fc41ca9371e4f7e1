import type { AvailableMachine, Machine } from '@signalbox/contract/machine'
import { duration, span } from '../number.ts'
import { printable } from '../printable.ts'
import { machineStyles } from '../status-style.ts'
import type { Column } from '../table.ts'
import { slotsText } from './slots.ts'

type Both = Pick<Machine, 'machine_id' | 'hostname' | 'active_sessions' | 'last_heartbeat'>

const named: Column<Both> = { title: 'Machine', cutTo: [14, 8], cell: ({ machine_id }) => printable(machine_id) }
const host: Column<Both> = { title: 'Host', cutTo: [12, 6], leaves: 2, cell: ({ hostname }) => printable(hostname) }
const sessions: Column<Both> = { title: 'Sessions', align: 'right', cell: ({ active_sessions }) => String(active_sessions.length) }
const beat = (now: number): Column<Both> => ({
  title: 'Beat',
  align: 'right',
  leaves: 1,
  cell: ({ last_heartbeat }, tight) => (tight ? span : duration)(Math.max(0, now - Date.parse(last_heartbeat))),
})

export function machineColumns(now: number): Column<Machine>[] {
  return [
    named,
    { title: 'Status', style: ({ status }) => machineStyles[status], cell: ({ status }) => printable(status) },
    host,
    { title: 'Slots', cutTo: [8, 5], cell: ({ docker_slots }) => slotsText(docker_slots) },
    sessions,
    beat(now),
  ]
}

export function availableColumns(now: number): Column<AvailableMachine>[] {
  return [
    named,
    host,
    { title: 'Free', align: 'right', cell: ({ available_slots, total_slots }) => `${available_slots} of ${total_slots}` },
    { title: 'Free slots', cutTo: [10, 5], cell: ({ available_slot_numbers }) => slotsText(available_slot_numbers) },
    sessions,
    beat(now),
  ]
}
