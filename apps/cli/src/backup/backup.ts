import type { BackupManifest } from '@signalbox/contract/backup'
import { formatBytes, formatCount } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { printJson } from '../hub/print-result.ts'
import type { Io } from '../io.ts'
import { formatSize } from '../store/table.ts'
import { runBackupProgram } from './run-program.ts'

export interface BackupOptions {
  readonly to?: string
  readonly keep?: string
  /** Commander sets it to false for `--no-check`; a path for `--check PATH`. */
  readonly check?: string | boolean
  readonly json?: true
}

/** Makes a backup, or checks one. */
export async function backup(io: Io, { to, keep, check, json }: BackupOptions): Promise<void> {
  const flags = { to, keep, check: typeof check === 'string' ? check : undefined }
  const args = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))
  const outcome = await runBackupProgram(io, { args: ['backup', ...args, ...(check === false ? ['--no-check'] : [])] })
  if (outcome === undefined) return
  if ('checked' in outcome) {
    const { folder, manifest } = outcome.checked
    if (json) printJson(io, outcome.checked)
    else io.stdout.write(`${formatPath(folder)} is whole: ${describe(manifest)}.\n`)
  }
  if ('made' in outcome) {
    const { folder, manifest, checked, removed } = outcome.made
    if (json) return printJson(io, outcome.made)
    // Whole: a script takes it, and no shell expands a ~ in a variable.
    io.stdout.write(`${folder}\n`)
    io.stderr.write(`${checked ? 'Made and checked' : 'Made, not checked'}: ${describe(manifest)}.\n`)
    if (removed.length > 0) io.stderr.write(`Removed ${formatCount(removed.length, 'older backup')}.\n`)
    io.stderr.write('Copy it to another disk or machine: it holds keys and secrets, so keep it as private as the hub.\n')
  }
}

export function describe({ counts, files, made_at }: BackupManifest): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return `${formatSize(counts)}; ${formatCount(files.length, 'file')}, ${formatBytes(bytes)}; of ${made_at}`
}
