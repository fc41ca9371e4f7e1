import { formatUnseenReason } from '@signalbox/client/collector-state'
import { formatDuration } from '@signalbox/contract/duration-text'
import type { Machine } from '@signalbox/contract/machine'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { formatHeading, formatMetadata, renderDetails } from '../details.ts'
import { fetchRows } from '../hub/fetch-rows.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { sessionColumns } from '../sessions/columns.ts'
import { isUnseen } from '../sessions/format-activity.ts'
import { liveStatuses } from '../sessions/statuses.ts'
import { fetchTaskNames } from '../sessions/task-names.ts'
import { machineStyles } from '../status-style.ts'
import { renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { collectorDetails } from './collector-details.ts'
import { formatSlots } from './slots.ts'

export async function show(io: Io, id: string, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const machine = await hub.client.getMachine(id)
    const { rows: sessions } = await fetchRows(Number.POSITIVE_INFINITY, (page, more) =>
      hub.client.getSessionsByMachine(id, { ...page, status: [...liveStatuses] }, more),
    )
    if (options.json) return printJson(io, { machine, sessions })
    const terminal = createTerminal(io)
    const now = hub.now()
    const timeOf = createClockFormatter(io)
    const ago = (at: string) => `${timeOf(at)}, ${formatDuration(Math.max(0, now - Date.parse(at)))} ago`
    terminal.write(
      renderDetails(
        [
          ['Machine', printable(machine.machine_id)],
          ['Status', machine.status, machineStyles[machine.status]],
          ['Host', printable(machine.hostname)],
          ['Slots', formatAllSlots(machine, new Set(sessions.flatMap(({ docker_slot }) => docker_slot ?? [])))],
          ['Last seen', ago(machine.last_heartbeat)],
          ...collectorDetails(machine, ago),
          ['Registered', ago(machine.created_at)],
          ['Metadata', printable(formatMetadata(machine.metadata))],
        ],
        terminal,
      ),
    )
    if (sessions.length === 0) return terminal.write('\nNo live sessions.\n')
    terminal.write(formatHeading('Live sessions', String(sessions.length), terminal))
    const columns = sessionColumns(sessions, { now, taskNames: await fetchTaskNames(hub, sessions) }).filter(
      ({ title }) => title !== 'Machine',
    )
    terminal.write(
      renderTable(
        columns,
        sessions.map((row) => ({ row })),
        terminal,
      ),
    )
    if (!sessions.some(isUnseen)) return
    terminal.write(terminal.style('dim', `Not seen: ${printable(formatUnseenReason(id, machine.collector))}.\n`))
  })
}

function formatAllSlots({ docker_slots: slots, machine_id }: Machine, used: ReadonlySet<number>): string {
  if (slots.length === 0) return `none; to add some: signalbox machines slots ${printable(machine_id)} 1-4`
  const free = slots.filter((slot) => !used.has(slot))
  return `${formatSlots(slots)}; ${free.length === 0 ? 'none free' : `free: ${formatSlots(free)}`}`
}
