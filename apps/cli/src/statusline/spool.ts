import fs from 'node:fs'
import path from 'node:path'
import { SPOOL_FILE_SUFFIX, STATUS_LINE_SPOOL } from '@signalbox/contract/status-line'
import type { Io } from '../io.ts'

/** Saves the input of a status line for the collector, as the script does where there is a shell. @throws Error of the file system */
export function spoolInput({ system }: Io, dataDir: string, input: Buffer): void {
  const folder = path.join(dataDir, STATUS_LINE_SPOOL)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (fs.readdirSync(folder).length >= MAX_SPOOL_FILES) return
  fs.writeFileSync(path.join(folder, `${system.ppid}-${system.pid}${SPOOL_FILE_SUFFIX}`), input, { mode: 0o600 })
}

/** The limit of files in the spool while no collector takes them. */
export const MAX_SPOOL_FILES = 200
