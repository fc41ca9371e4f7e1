import { collectorConditionNames, collectorConditionOf } from '@signalbox/client/collector-state'
import { formatDuration, formatRoughDuration } from '@signalbox/contract/duration-text'
import type { AvailableMachine, Machine } from '@signalbox/contract/machine'
import { printable } from '@signalbox/contract/printable'
import { collectorStyles, machineStyles } from '../status-style.ts'
import type { Column } from '../table.ts'
import { formatSlots } from './slots.ts'

type Both = Pick<Machine, 'machine_id' | 'hostname' | 'active_sessions' | 'last_heartbeat'>

const named: Column<Both> = { title: 'Machine', minWidths: [14, 8], cell: ({ machine_id }) => printable(machine_id) }
const host: Column<Both> = { title: 'Host', minWidths: [12, 6], dropOrder: 2, cell: ({ hostname }) => printable(hostname) }
const sessions: Column<Both> = { title: 'Sessions', align: 'right', cell: ({ active_sessions }) => String(active_sessions.length) }
const lastSeen = (now: number): Column<Both> => ({
  title: 'Last seen',
  align: 'right',
  dropOrder: 1,
  cell: ({ last_heartbeat }, compact) => (compact ? formatRoughDuration : formatDuration)(Math.max(0, now - Date.parse(last_heartbeat))),
})

export function machineColumns(now: number): Column<Machine>[] {
  return [
    named,
    { title: 'Status', style: ({ status }) => machineStyles[status], cell: ({ status }) => printable(status) },
    { ...host, dropOrder: 5 },
    {
      title: 'Collector',
      style: ({ collector }) => collector && collectorStyles[collectorConditionOf(collector)],
      cell: ({ collector }) => (collector === undefined ? 'none' : collectorConditionNames[collectorConditionOf(collector)]),
    },
    { title: 'Version', dropOrder: 4, cell: ({ collector }) => printable(collector?.version ?? '') },
    { title: 'Claude Code', dropOrder: 3, cell: ({ collector }) => printable(collector?.claude_code_versions?.[0] ?? '') },
    { title: 'Slots', minWidths: [8, 5], cell: ({ docker_slots }) => formatSlots(docker_slots) },
    sessions,
    lastSeen(now),
  ]
}

export function availableColumns(now: number): Column<AvailableMachine>[] {
  return [
    named,
    host,
    { title: 'Free', align: 'right', cell: ({ available_slots, total_slots }) => `${available_slots} of ${total_slots}` },
    { title: 'Free slots', minWidths: [10, 5], cell: ({ available_slot_numbers }) => formatSlots(available_slot_numbers) },
    sessions,
    lastSeen(now),
  ]
}
