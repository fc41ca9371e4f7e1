import fs from 'node:fs'
import path from 'node:path'
import { SPOOLED, STATUS_LINE_SPOOL, UNFINISHED } from '@signalbox/contract/status-line'

/** Leaves what a status line was told for the collector, as the script does where there is a shell. @throws Error of the file system */
export function spool(dataDir: string, input: Buffer, said: unknown): void {
  const { session_id: session, rate_limits: limits } = said as { session_id?: unknown; rate_limits?: unknown }
  if (limits === undefined) return
  const folder = path.join(dataDir, STATUS_LINE_SPOOL)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = typeof session === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(session) ? session : 'session'
  const draft = path.join(folder, `${process.pid}${UNFINISHED}`)
  try {
    fs.writeFileSync(draft, input, { mode: 0o600 })
    fs.renameSync(draft, path.join(folder, `${name}${SPOOLED}`))
  } finally {
    fs.rmSync(draft, { force: true })
  }
}
