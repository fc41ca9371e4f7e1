import { printable } from '@signalbox/contract/printable'
import type { RecoveryAttempt } from '@signalbox/contract/session-recovery'
import { createClockFormatter } from '../clock-formatter.ts'
import { type Detail, formatMetadata, renderDetails } from '../details.ts'
import { formatCount } from '../format-number.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortId } from '../short-id.ts'
import { sessionStyles } from '../status-style.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { findSession } from './find.ts'
import { formatTransition } from './timeline.ts'

/** Lets the hub save a recovery checkpoint, and prints it. */
export async function prepareRecovery(io: Io, idPrefix: string, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const checkpoint = await hub.client.prepareSessionRecovery(await findSession(hub, idPrefix))
    if (options.json) return printJson(io, checkpoint)
    const { status, machine_id, docker_slot, last_task_id, recovery_attempts, recovery_checkpoint_at, metadata } = checkpoint
    const slot = docker_slot === undefined ? '' : `, slot ${docker_slot}`
    const details: Detail[] = [
      ['Session', printable(checkpoint.session_id)],
      ['Status', status, sessionStyles[status]],
      ['Machine', printable(`${machine_id}${slot}`)],
      ['Last completed', last_task_id === undefined ? 'no task yet' : `task ${printable(last_task_id)}`],
      ['Recovered', recovery_attempts === 0 ? 'never' : formatCount(recovery_attempts, 'time')],
      ['Saved', createClockFormatter(io)(recovery_checkpoint_at)],
      ['Metadata', printable(formatMetadata(metadata))],
    ]
    io.stdout.write(renderDetails(details, createTerminal(io)))
  })
}

/** Prints the recoveries of a session and their outcomes. */
export async function recoveryHistory(io: Io, idPrefix: string, options: HubOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const history = await hub.client.getSessionRecoveryHistory(await findSession(hub, idPrefix))
    if (options.json) return printJson(io, history)
    const { session_id, total_attempts, successful_attempts, attempts, current_status } = history
    if (attempts.length === 0) return void io.stdout.write(`${shortId(session_id)} has never been recovered; it is ${current_status}.\n`)
    const terminal = createTerminal(io)
    terminal.write(
      renderTable(
        attemptColumns(createClockFormatter(io)),
        attempts.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(
      `\n${formatCount(total_attempts, 'recovery', 'recoveries')}, ${successful_attempts} successful; the session is ${current_status}.\n`,
    )
  })
}

function attemptColumns(timeOf: (instant: string) => string): Column<RecoveryAttempt>[] {
  return [
    { title: '#', align: 'right', cell: ({ attempt }) => String(attempt) },
    { title: 'Time', cell: ({ at }, compact) => timeOf(at).slice(compact ? 5 : 0) },
    { title: 'Status before', cell: ({ from_status }) => printable(from_status) },
    {
      title: 'Machine',
      minWidths: [16, 8],
      cell: ({ from_machine_id: from, to_machine_id: to }) => printable(from === to ? to : formatTransition(from, to)),
    },
    { title: 'Slot', align: 'right', dropOrder: 2, cell: ({ docker_slot }) => (docker_slot === undefined ? '' : String(docker_slot)) },
    { title: 'From task', dropOrder: 1, cell: ({ resume_from_task_id: id }) => (id === undefined ? '' : printable(shortId(id))) },
    { title: 'Successful', cell: ({ successful }) => (successful ? 'yes' : 'no') },
  ]
}
