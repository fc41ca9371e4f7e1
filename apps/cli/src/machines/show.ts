import type { Machine } from '@signalbox/contract/machine'
import { clockTime } from '../clock-time.ts'
import { heading, metadataText, renderDetails } from '../details.ts'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { listed } from '../hub/pages.ts'
import { printJson } from '../hub/told.ts'
import { duration } from '../number.ts'
import { printable } from '../printable.ts'
import { sessionColumns } from '../sessions/columns.ts'
import { liveStatuses } from '../sessions/statuses.ts'
import { taskNames } from '../sessions/task-names.ts'
import { machineStyles } from '../status-style.ts'
import { renderTable } from '../table.ts'
import { terminalOf } from '../terminal.ts'
import { slotsText } from './slots.ts'

export async function show(id: string, options: HubOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const machine = await hub.client.getMachine(id)
    const { rows: sessions } = await listed(
      Number.POSITIVE_INFINITY,
      (page, more) => hub.client.getSessionsByMachine(id, { ...page, status: [...liveStatuses] }, more),
      ({ session_id }) => session_id,
    )
    if (options.json) return printJson({ machine, sessions })
    const terminal = terminalOf(process.stdout, process.env)
    const now = hub.now()
    const timeOf = clockTime(process.env)
    const ago = (at: string) => `${timeOf(at)}, ${duration(Math.max(0, now - Date.parse(at)))} ago`
    terminal.write(
      renderDetails(
        [
          ['Machine', printable(machine.machine_id)],
          ['Status', machine.status, machineStyles[machine.status]],
          ['Host', printable(machine.hostname)],
          ['Slots', slotsOf(machine, new Set(sessions.flatMap(({ docker_slot }) => docker_slot ?? [])))],
          ['Last beat', ago(machine.last_heartbeat)],
          ['Known since', ago(machine.created_at)],
          ['Metadata', printable(metadataText(machine.metadata))],
        ],
        terminal,
      ),
    )
    if (sessions.length === 0) return terminal.write('\nNo live session is on it.\n')
    terminal.write(heading('Live sessions', String(sessions.length), terminal))
    const columns = sessionColumns(sessions, { now, taskNames: await taskNames(hub, sessions) }).filter(({ title }) => title !== 'Machine')
    terminal.write(
      renderTable(
        columns,
        sessions.map((row) => ({ row })),
        terminal,
      ),
    )
  })
}

function slotsOf({ docker_slots: slots, machine_id }: Machine, held: ReadonlySet<number>): string {
  if (slots.length === 0) return `none; declare some: signalbox machines slots ${printable(machine_id)} 1-4`
  const free = slots.filter((slot) => !held.has(slot))
  return `${slotsText(slots)}; ${free.length === 0 ? 'none is free' : `free: ${slotsText(free)}`}`
}
