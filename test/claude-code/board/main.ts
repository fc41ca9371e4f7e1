// `npm run prove:board -- [--transitions 1000] [--sessions 20] [--seed N] [--client VERSION,…] [--evidence FILE] [--explain] [--verbose]`
import fs from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryRoot } from '../../support/repository.ts'
import { findClient, newest, old } from '../client.ts'
import { explain } from './evidence.ts'
import { type Outage, proveBoard } from './proof.ts'
import { describeResult } from './result.ts'

const { values } = parseArgs({
  options: {
    transitions: { type: 'string', default: '1000' },
    sessions: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    client: { type: 'string', default: `${newest},${newest},${newest},${old}` },
    outages: { type: 'string', default: 'hub stopped,wrong key,keys changed,collector killed,hub killed' },
    'outage-seconds': { type: 'string', default: '60' },
    /** Stretch the limits by the load of the machine. */
    stretch: { type: 'boolean', default: false },
    /** Give no one the plugin. */
    'no-plugin': { type: 'boolean', default: false },
    rest: { type: 'string', default: '1300' },
    /** A file for everything that was seen. */
    evidence: { type: 'string' },
    /** Print what led to each wrong state. */
    explain: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})

const transitions = Number(values.transitions)
const kinds = values.outages.split(',').filter((kind) => kind !== '') as Outage['kind'][]
const clients = await Promise.all(values.client.split(',').map(findClient))
// Clients have terminals, and process groups of their own: no signal that ends this process reaches them.
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    process.exitCode ??= 128 + constants.signals[signal]
    stopping.abort()
  })
}
const result = await proveBoard({
  clients,
  persons: Number(values.sessions),
  transitions,
  seed: Number(values.seed),
  restMs: Number(values.rest),
  limits: { state: 1_000, failed: 2_000, facts: 4_000, outage: 20_000 },
  isStretched: values.stretch,
  plugin: values['no-plugin'] ? undefined : path.join(repositoryRoot, 'apps/claude-plugin'),
  outages: kinds.map((kind, index) => ({
    kind,
    afterShare: (index + 1) / (kinds.length + 1),
    lastsMs: 1_000 * Number(values['outage-seconds']),
  })),
  timeoutMs: 30_000 + transitions * 1_000 + kinds.length * 180_000,
  signal: stopping.signal,
  isRecorded: values.explain,
  ...(values.verbose ? { log: (line: string) => console.log(line) } : {}),
}).catch((error: unknown) => {
  if (!stopping.signal.aborted) throw error
  console.error('Stopped by a signal; every client has been ended.')
  return process.exit()
})
console.log(describeResult(result))
if (values.explain) console.log(explain(result))
if (values.evidence !== undefined) fs.writeFileSync(values.evidence, JSON.stringify(result, null, 2))
process.exit(result.wrong.length + result.missing.length + result.problems.length > 0 ? 1 : 0)
