import { printable } from '@signalbox/contract/printable'
import { findNamedFolders } from '@signalbox/ledger'
import { formatPath } from './format-path.ts'
import type { Io } from './io.ts'

/**
 * Prints on stderr which folders with transcripts settings name that are not there. The command fails when none of them is:
 * what it prints is then not what was asked for.
 */
export function reportMissingFolders(io: Io): void {
  const named = findNamedFolders(io.env)
  const missing = named.filter(({ problem }) => problem !== undefined)
  for (const { setting, folder, problem } of missing) {
    io.stderr.write(`signalbox: ${setting} names ${printable(formatPath(folder))}, which ${problem}.\n`)
  }
  if (missing.length > 0 && missing.length === named.length) io.exitCode = 1
}
