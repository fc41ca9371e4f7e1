// `npm run drill [-- --calls N] [--seconds N]`: destroys and restores a hub, and prints what that cost. Ends with 1 where calls
// are lost, or a session that was in the backup.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { drill } from './drill.ts'

const { values } = parseArgs({ options: { calls: { type: 'string', default: '20000' }, seconds: { type: 'string', default: '5' } } })
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-drill-'))
try {
  const result = await drill({
    folder,
    calls: Number(values.calls),
    writeMs: Number(values.seconds) * 1000,
    report: (line) => console.error(line),
  })
  const { calls, tokens, sessions } = result
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  console.log(`RTO               ${seconds(result.rtoMs)}: restore ${seconds(result.restoreMs)}, then the start of the hub
RPO               ${seconds(result.rpoMs)}: the time from the backup to the end of the hub; calls and plan limits come back
backup            ${seconds(result.backupMs)}, with its check
calls             ${calls.before} before, ${calls.after} after, ${seconds(result.resendMs)} until collectors had sent them again
tokens            ${tokens.before} before, ${tokens.after} after
sessions          ${sessions.restored} of ${sessions.backedUp} in the backup are there; of ${sessions.since} written since, ${sessions.lost} are lost`)
  process.exitCode = calls.after === calls.before && tokens.after === tokens.before && sessions.restored === sessions.backedUp ? 0 : 1
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}
