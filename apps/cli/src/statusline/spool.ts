import fs from 'node:fs'
import path from 'node:path'
import { SPOOLED, STATUS_LINE_SPOOL } from '@signalbox/contract/status-line'

/** Leaves what a status line was told for the collector, as the script does where there is a shell. @throws Error of the file system */
export function spool(dataDir: string, input: Buffer): void {
  const folder = path.join(dataDir, STATUS_LINE_SPOOL)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (fs.readdirSync(folder).length >= MOST_FILES) return
  fs.writeFileSync(path.join(folder, `${process.ppid}-${process.pid}${SPOOLED}`), input, { mode: 0o600 })
}

/** Files kept in the spool while no collector takes them. */
export const MOST_FILES = 200
