import type { DeleteData, DeleteDataResult } from '@signalbox/client'
import { printable } from '@signalbox/contract/printable'
import { usageError } from '../failure.ts'
import { formatCount } from '../format-number.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { printOutcome } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export interface DeleteOptions extends HubOptions, ConfirmOptions {
  readonly machine?: string
  readonly project?: string
  readonly account?: string
  readonly dryRun?: true
}

/** Deletes the data of a machine, a project or an account, after it has counted that and asked. */
export async function deleteData(io: Io, options: DeleteOptions): Promise<void> {
  const { selection, name } = selectionOf(options)
  if (!options.dryRun) requireConfirmation(io, 'deleting data cannot be undone', options)
  await withHub(io, options, async ({ client }) => {
    const counted = await client.deleteData(selection, { dry_run: true })
    if (options.dryRun) return printOutcome(io, options.json, counted, `${name} has ${formatCounts(counted)}. Nothing was deleted.`)
    await confirm(io, `Permanently delete ${formatCounts(counted)} of ${name}?`, options)
    const deleted = await client.deleteData(selection, { confirm: true })
    printOutcome(io, options.json, deleted, `${formatCounts(deleted)} of ${name} deleted. Sent again, they are refused.`)
  })
}

function selectionOf({ machine, project, account }: DeleteOptions): { selection: DeleteData; name: string } {
  const given = [
    ...(machine === undefined ? [] : [{ selection: { machine_id: machine }, name: `the machine ${printable(machine)}` }]),
    ...(project === undefined ? [] : [{ selection: { project }, name: `the project ${printable(project)}` }]),
    ...(account === undefined ? [] : [{ selection: { account }, name: `the account ${printable(account)}` }]),
  ]
  if (given.length === 1) return given[0]!
  throw usageError(
    'name one of --machine, --project and --account.',
    '`signalbox usage project` and `signalbox machines list` show the names.',
  )
}

function formatCounts({ calls, snapshots, sessions, tasks, collectors }: DeleteDataResult): string {
  const all = [
    formatCount(calls, 'call'),
    formatCount(snapshots, 'snapshot'),
    formatCount(sessions, 'session'),
    formatCount(tasks, 'task'),
    formatCount(collectors, 'collector'),
  ]
  return `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}
