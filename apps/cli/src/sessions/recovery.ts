import type { RecoveryAttempt } from '@signalbox/contract/session-recovery'
import { clockTime } from '../clock-time.ts'
import { type Detail, metadataText, renderDetails } from '../details.ts'
import { askHub, type HubOptions } from '../hub/connect.ts'
import { printJson } from '../hub/told.ts'
import { counted } from '../number.ts'
import { printable } from '../printable.ts'
import { shortId } from '../short-id.ts'
import { sessionStyles } from '../status-style.ts'
import { type Column, renderTable } from '../table.ts'
import { terminalOf } from '../terminal.ts'
import { findSession } from './find.ts'
import { moveText } from './timeline.ts'

/** Has the hub note what a recovery would start from, and says it. */
export async function prepareRecovery(begins: string, options: HubOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const checkpoint = await hub.client.prepareSessionRecovery(await findSession(hub, begins))
    if (options.json) return printJson(checkpoint)
    const { status, machine_id, docker_slot, last_task_id, recovery_attempts, recovery_checkpoint_at, metadata } = checkpoint
    const slot = docker_slot === undefined ? '' : `, slot ${docker_slot}`
    const details: Detail[] = [
      ['Session', printable(checkpoint.session_id)],
      ['Status', status, sessionStyles[status]],
      ['Machine', printable(`${machine_id}${slot}`)],
      ['Last done', last_task_id === undefined ? 'no task yet' : `task ${printable(last_task_id)}`],
      ['Recovered', recovery_attempts === 0 ? 'not yet' : counted(recovery_attempts, 'time')],
      ['Noted', clockTime(process.env)(recovery_checkpoint_at)],
      ['Metadata', printable(metadataText(metadata))],
    ]
    process.stdout.write(renderDetails(details, terminalOf(process.stdout, process.env)))
  })
}

/** When it was recovered, and what became of it. */
export async function recoveryHistory(begins: string, options: HubOptions): Promise<void> {
  await askHub(options, async (hub) => {
    const history = await hub.client.getSessionRecoveryHistory(await findSession(hub, begins))
    if (options.json) return printJson(history)
    const { session_id, total_attempts, successful_attempts, attempts, current_status } = history
    if (attempts.length === 0) return void process.stdout.write(`${shortId(session_id)} was never recovered; it is ${current_status}.\n`)
    const terminal = terminalOf(process.stdout, process.env)
    terminal.write(
      renderTable(
        attemptColumns(clockTime(process.env)),
        attempts.map((row) => ({ row })),
        terminal,
      ),
    )
    terminal.write(
      `\n${counted(total_attempts, 'recovery', 'recoveries')}, ${successful_attempts} of them held; it is ${current_status}.\n`,
    )
  })
}

function attemptColumns(timeOf: (instant: string) => string): Column<RecoveryAttempt>[] {
  return [
    { title: '#', align: 'right', cell: ({ attempt }) => String(attempt) },
    { title: 'When', cell: ({ at }, tight) => timeOf(at).slice(tight ? 5 : 0) },
    { title: 'Was', cell: ({ from_status }) => printable(from_status) },
    {
      title: 'Machine',
      cutTo: [16, 8],
      cell: ({ from_machine_id: from, to_machine_id: to }) => printable(from === to ? to : moveText(from, to)),
    },
    { title: 'Slot', align: 'right', leaves: 2, cell: ({ docker_slot }) => (docker_slot === undefined ? '' : String(docker_slot)) },
    { title: 'From task', leaves: 1, cell: ({ resume_from_task_id: id }) => (id === undefined ? '' : printable(shortId(id))) },
    { title: 'Held', cell: ({ successful }) => (successful ? 'yes' : 'no') },
  ]
}
