// A hook of Claude Code where there is no POSIX shell. It does what bin/observe.sh does, and takes a start of Node longer.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { processExists } from '@signalbox/hub-address/process-start'
import { dataFolderPath, openDataFolder } from './data-folder.ts'
import { formatSpoolHeader } from './spooled-event.ts'

// The spool and what is kept beside it are for their user alone.
process.umask(0o077)

const MAX_WAITING = 5_000

function observe(): void {
  const { env } = process
  const folder = openDataFolder(dataFolderPath(env))
  const input = fs.readFileSync(0)
  const running = isSenderRunning(folder.sender)
  if (!running && fs.readdirSync(folder.spool).length > MAX_WAITING) return
  const header = formatSpoolHeader({
    clientPid: env.CLAUDE_PID,
    parentPid: process.ppid,
    entrypoint: env.CLAUDE_CODE_ENTRYPOINT,
    sessionKind: env.CLAUDE_CODE_SESSION_KIND,
    projectFolder: env.CLAUDE_PROJECT_DIR,
  })
  const file = path.join(folder.spool, `${process.pid}-${Date.now()}`)
  fs.writeFileSync(`${file}.part`, Buffer.concat([Buffer.from(header), input]), { mode: 0o600 })
  fs.renameSync(`${file}.part`, `${file}.event`)
  if (running) return
  const sender = path.join(path.dirname(process.argv[1] ?? ''), 'sender.mjs')
  spawn(process.execPath, [sender, folder.root], { detached: true, stdio: 'ignore', windowsHide: true }).unref()
}

/** @param file `DataFolder.sender`, with a time of change in the future while a process delivers */
function isSenderRunning(file: string): boolean {
  try {
    return fs.statSync(file).mtimeMs > Date.now() && processExists(Number(fs.readFileSync(file, 'utf8')))
  } catch {
    return false
  }
}

// Output or failure of a hook would become part of the session.
try {
  observe()
} catch {
  // Nothing is known of this event then.
}
process.exit(0)
