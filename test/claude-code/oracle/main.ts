// `npm run oracle -- [--versions A,B] [--scenarios X,Y] [--json] [--markdown FILE] [--keep FOLDER]`: docs/truth.md
import fs from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { findClient } from '../client.ts'
import { writeMarkdown } from './markdown.ts'
import { reasons } from './reason.ts'
import { type Outcome, runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'
import type { Stage } from './stage.ts'
import { toTable, toText } from './table.ts'
import { oracleVersions } from './versions.ts'

const { values } = parseArgs({
  options: {
    versions: { type: 'string', default: oracleVersions.join(',') },
    scenarios: { type: 'string', default: scenarios.map(({ name }) => name).join(',') },
    /** Print everything as JSON. */
    json: { type: 'boolean', default: false },
    /** Write the tables into this document. */
    markdown: { type: 'string' },
    /** Keep the transcripts and the log of the API below this folder. */
    keep: { type: 'string' },
  },
})

const names = values.scenarios.split(',')
const chosen = names.map((name) => {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`There is no scenario ${name}. There are: ${scenarios.map((one) => one.name).join(', ')}.`)
  return scenario
})

// Clients in terminals have process groups of their own: no signal that ends this process reaches them.
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    process.exitCode ??= 128 + constants.signals[signal]
    stopping.abort()
  })
}

const outcomes: Outcome[] = []
for (const version of values.versions.split(',')) {
  const client = await findClient(version)
  for (const scenario of chosen) {
    const folder = values.keep === undefined ? undefined : path.join(values.keep, version, scenario.name)
    const keep = folder === undefined ? {} : { keep: (stage: Stage) => keepStage(stage, folder) }
    const play = () => runScenario(client, scenario, { signal: stopping.signal, ...keep })
    const outcome = await play()
    if (stopping.signal.aborted) stop()
    // A terminal on a busy machine takes some keys as it pleases.
    outcomes.push('failed' in outcome ? await play() : outcome)
    if (stopping.signal.aborted) stop()
    console.error(toTable(outcomes.slice(-1))[1]!.join('  '))
  }
}
console.log(values.json ? JSON.stringify(outcomes, withSets, 2) : toText(toTable(outcomes)))
if (values.markdown !== undefined) writeMarkdown(values.markdown, outcomes)
const isWrong = (outcome: Outcome) =>
  'failed' in outcome || ('comparison' in outcome && outcome.comparison.reasons.some(({ name }) => reasons[name].isFault))
process.exit(outcomes.some(isWrong) ? 1 : 0)

function stop(): never {
  console.error('Stopped by a signal; every client has been ended.')
  return process.exit()
}

function withSets(_: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value
}

function keepStage({ home }: Stage, folder: string): void {
  fs.mkdirSync(folder, { recursive: true })
  const projects = path.join(home.config, 'projects')
  if (fs.existsSync(projects)) fs.cpSync(projects, path.join(folder, 'projects'), { recursive: true })
  fs.copyFileSync(path.join(home.folder, '.claude.json'), path.join(folder, 'claude.json'))
  fs.writeFileSync(path.join(folder, 'api.json'), JSON.stringify(home.api.answers, null, 1))
}
