import type { RestorePlan, RestoreResult } from '@signalbox/contract/backup'
import { printable } from '@signalbox/contract/printable'
import { formatPath } from '../format-path.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { printJson } from '../hub/print-result.ts'
import type { Io } from '../io.ts'
import { formatSize } from '../store/table.ts'
import { runBackupProgram } from './run-program.ts'

export interface RestoreOptions extends ConfirmOptions {
  readonly to?: string
  readonly json?: true
}

export async function restore(io: Io, from: string, options: RestoreOptions): Promise<void> {
  requireConfirmation(io, 'a restore replaces the hub database', options)
  const args = ['restore', from, ...(options.to === undefined ? [] : [`--to=${options.to}`]), ...(options.yes ? ['--yes'] : [])]
  const outcome = await runBackupProgram(io, { args, confirm: (plan) => confirm(io, question(plan), options) })
  if (outcome === undefined || !('restored' in outcome)) return
  if (options.json) printJson(io, outcome.restored)
  else print(io, outcome.restored)
}

function question({ to, made_at, replaces }: RestorePlan): string {
  const kept = replaces.length === 0 ? '' : ` It has ${replaces.join(', ')}, which will stay as *.before-restore.`
  return `Restore ${printable(to)} as it was at ${made_at}?${kept}`
}

function print({ stdout }: Io, { to, made_at, counts, restored, kept, left }: RestoreResult): void {
  stdout.write(`Restored ${restored.join(', ')} in ${formatPath(to)}: ${formatSize(counts)}, as of ${made_at}.\n`)
  for (const { name, reason } of left) stdout.write(`Not restored: ${name}: ${reason}.\n`)
  for (const name of kept) stdout.write(`Kept: ${formatPath(name)}\n`)
  stdout.write(
    `Calls and limits since then come back by themselves: collectors send them again. Sessions, keys, alerts and settings since ${made_at} are not in it.\n`,
  )
}
