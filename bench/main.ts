// `npm run bench [-- NAME …]`: the whole table, or the named parts of it; `NAME/ROW` is one row of a part with named rows. See
// README.md beside this file.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { answers } from './answers.ts'
import { ccusage } from './ccusage.ts'
import { consoleSnapshots } from './console.ts'
import { type Corpus, corpus } from './corpus.ts'
import { forecast } from './forecast.ts'
import { hook } from './hook.ts'
import { hubAlerts } from './hub/alerts.ts'
import { hubFleet, hubSessions } from './hub/fleet.ts'
import { hubHeartbeat } from './hub/heartbeat.ts'
import { hubIngest } from './hub/ingest.ts'
import { hubLimits } from './hub/limits.ts'
import { hubLoad } from './hub/load.ts'
import { hubReport } from './hub/report.ts'
import { hubStream } from './hub/stream.ts'
import { lambda } from './lambda.ts'
import { page } from './page.ts'
import { scan } from './scan.ts'
import { sessions } from './sessions.ts'
import { statusLine } from './status-line.ts'
import { printTable, type Row } from './table.ts'
import { usageCommand } from './usage-command.ts'

const repositoryRoot = path.resolve(import.meta.dirname, '..')
const cache = path.join(repositoryRoot, '.cache/bench')
const sharedFolder = process.env.SIGNALBOX_SHARED ?? path.join(repositoryRoot, '../shared')
const shared = path.join(sharedFolder, 'transcripts')

let prepared: Promise<Corpus> | undefined
const loadCorpus = () => {
  prepared ??= corpus(cache, fs.existsSync(shared) ? shared : undefined)
  return prepared
}

/** The parts of the table, in order. */
const parts: { name: string; rows: (only?: string) => Promise<Row[]> }[] = [
  { name: 'usage', rows: async () => usageCommand(await loadCorpus(), ccusage(cache)) },
  { name: 'scan', rows: async () => scan(await loadCorpus()) },
  { name: 'hub-ingest', rows: () => hubIngest() },
  { name: 'hub-report', rows: () => hubReport(cache) },
  { name: 'hub-heartbeat', rows: hubHeartbeat },
  { name: 'hub-fleet', rows: hubFleet },
  { name: 'hub-stream', rows: hubStream },
  { name: 'hub-sessions', rows: () => hubSessions(cache) },
  { name: 'hub-limits', rows: hubLimits },
  { name: 'hub-alerts', rows: hubAlerts },
  { name: 'load', rows: hubLoad },
  { name: 'lambda', rows: lambda },
  { name: 'forecast', rows: async () => forecast(shared) },
  { name: 'page', rows: page },
  { name: 'statusline', rows: statusLine },
  { name: 'hook', rows: hook },
  { name: 'sessions', rows: sessions },
  { name: 'answers', rows: answers },
  { name: 'console', rows: consoleSnapshots },
]

const wanted = process.argv.slice(2).map((argument) => {
  const [name = '', row] = argument.split('/')
  return { name, row }
})
const unknown = wanted.map(({ name }) => name).filter((name) => !parts.some((part) => part.name === name))
if (unknown.length > 0) {
  console.error(`bench: there is no part ${unknown.join(', ')}; the parts are ${parts.map((part) => part.name).join(', ')}`)
  process.exit(2)
}

fs.mkdirSync(cache, { recursive: true })
const [cpu] = os.cpus()
console.log(
  `${os.cpus().length} cores of ${cpu?.model ?? 'an unknown model'}, Node ${process.versions.node}, ${os.type()} ${os.release()}, ${new Date().toISOString()}`,
)
const rows: Row[] = []
for (const { name, rows: measure } of parts) {
  const asked = wanted.filter((one) => one.name === name)
  if (wanted.length > 0 && asked.length === 0) continue
  console.error(`bench: ${name} …`)
  for (const { row } of wanted.length === 0 ? [{ row: undefined }] : asked) rows.push(...(await measure(row)))
}
console.log(
  prepared
    ? `Corpus: ${((await prepared).bytes / 1e6).toFixed(0)} MB in ${(await prepared).files.length} files, ${(await prepared).origin}.\n`
    : '',
)
printTable(rows)
