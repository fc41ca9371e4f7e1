import os from 'node:os'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import type { UsageReport } from '@signalbox/contract/usage'
import { findTranscriptRoots, type Ledger, openLedger } from '@signalbox/ledger'
import { clockOf, parseSince, parseUntil } from '@signalbox/usage/zone'
import { type Command, Option } from 'commander'
import { misuse } from '../failure.ts'
import { localZone } from '../local-zone.ts'
import { readPriceTable } from '../price-file.ts'
import { shown } from '../shown.ts'
import { terminalOf } from '../terminal.ts'
import { groupOf, groups } from '../usage/group.ts'
import { progressBar } from '../usage/progress.ts'

interface Options {
  readonly since?: string
  readonly until?: string
  readonly timezone?: string
  readonly json?: true
  readonly csv?: true
  readonly breakdown?: true
  readonly project?: string
  readonly model?: string
  readonly session?: string
  readonly order?: 'asc' | 'desc'
}

export function usage(command: Command): void {
  command
    .argument('[group]', `how to group: ${Object.keys(groups).join(', ')}`, 'daily')
    .option('--since <when>', 'from this day on: 2026-11-01, or an instant: 2026-11-01T09:00:00Z')
    .option('--until <when>', 'up to this day, which is included; an instant is not')
    .option('--timezone <zone>', 'the zone in which days begin, such as Europe/Berlin (default: TIMEZONE, else the machine’s)')
    .addOption(new Option('--json', 'print the report as JSON, as `GET /api/usage` answers it').conflicts('csv'))
    .option('--csv', 'print it for a spreadsheet')
    .option('--breakdown', 'a line for each model as well')
    .option('--project <folder>', 'only calls of this working directory')
    .option('--model <name>', 'only calls of this model')
    .option('--session <id>', 'only calls of this session')
    .addOption(new Option('--order <order>', 'how rows are sorted').choices(['asc', 'desc']))
    .addHelpText(
      'after',
      `
Every call is counted once, whatever file it stands in, and is kept after Claude Code has deleted its transcript.
The first run reads all transcripts; later runs read only what is new.

Examples:
  signalbox usage                                     day by day
  signalbox usage monthly --breakdown                 months, and the models in each
  signalbox usage session --since 2026-11-20          sessions with calls since Friday
  signalbox usage blocks                              windows of five hours; the open one with its pace
  signalbox usage daily --project . --json            this folder, for a program`,
    )
    .action(run)
}

async function run(word: string, options: Options): Promise<void> {
  const { env } = process
  const settings = readSettings(env, ['DATA_DIR', 'TIMEZONE', 'WEEK_START', 'PRICE_TABLE', 'REDACT_PROJECTS'])
  const group = groupOf(word)
  const timezone = zoneOf(options.timezone ?? settings.TIMEZONE)
  const since = options.since === undefined ? undefined : day(options.since)
  const until = options.until === undefined ? undefined : day(options.until)
  checkRange(timezone, since, until)

  const now = Date.now()
  const roots = findTranscriptRoots(env)
  const ledger = openLedger({
    dataDir: settings.DATA_DIR,
    priceTable: readPriceTable(settings.PRICE_TABLE),
    redactProjects: settings.REDACT_PROJECTS,
  })
  try {
    const problems = await refresh(ledger, roots)
    // Loaded only here: no other group asks about the plan.
    const window = group === 'block' ? (await import('../limits/known-reading.ts')).knownWindow(ledger, now) : undefined
    const report = ledger.report({
      group,
      timezone,
      weekStart: settings.WEEK_START,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      filters: filtersOf(options),
      now,
      window,
    })
    await print(ordered(report, options.order), options, roots)
    for (const { path, message } of problems.slice(0, MOST_PROBLEMS)) console.error(`signalbox: ${shown(path)} ${message}`)
    if (problems.length > MOST_PROBLEMS)
      console.error(`signalbox: … and ${problems.length - MOST_PROBLEMS} more; \`signalbox doctor\` has them.`)
  } finally {
    ledger.close()
  }
}
const MOST_PROBLEMS = 3

/** Reads what is new in the transcripts, under a bar when that takes a while. Ctrl-C stops it and loses nothing. */
async function refresh(ledger: Ledger, roots: readonly string[]) {
  const bar = progressBar(process.stderr)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop)
  try {
    const { problems } = await ledger.refresh({ roots: [...roots], signal: stopping.signal, onProgress: bar.report })
    // A usual place that is not there is told only when there is nothing at all.
    return problems.filter(({ path }) => !roots.includes(path))
  } finally {
    bar.end()
    process.removeListener('SIGINT', stop)
    if (stopping.signal.aborted) process.exit(130)
  }
}

async function print(report: UsageReport, options: Options, roots: readonly string[]): Promise<void> {
  if (options.json) return void process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  if (options.csv) {
    const { reportCsv } = await import('@signalbox/usage/report-csv')
    return void process.stdout.write(reportCsv(report, options.breakdown === true))
  }
  if (report.totals.calls === 0) return void process.stdout.write(nothing(options, roots))
  const { usageTable } = await import('../usage/table.ts')
  const around = { clock: clockOf(report.timezone), home: os.homedir(), breakdown: options.breakdown === true }
  process.stdout.write(usageTable(report, terminalOf(process.stdout, process.env), around))
}

function nothing(options: Options, roots: readonly string[]): string {
  const narrowed = (['since', 'until', 'project', 'model', 'session'] as const).filter((name) => options[name] !== undefined)
  if (narrowed.length > 0) return `No calls match ${narrowed.map((name) => `--${name} ${options[name]}`).join(' ')}.\n`
  return `No usage yet. Claude Code's transcripts (*.jsonl) were looked for in:
${roots.map((root) => `  ${shown(root)}`).join('\n')}
Use Claude Code once, or say where it keeps its files: CLAUDE_CONFIG_DIR=/path signalbox usage
`
}

/** Days, hours and sessions come oldest first, all else dearest first, unless another order is asked for. */
function ordered(report: UsageReport, order: 'asc' | 'desc' | undefined): UsageReport {
  const usual = ['project', 'model', 'branch'].includes(report.group) ? 'desc' : 'asc'
  return order === undefined || order === usual ? report : { ...report, rows: report.rows.toReversed() }
}

function filtersOf({ project, model, session }: Options) {
  return {
    ...(project === undefined ? {} : { project: /^\.{1,2}($|[/\\])/.test(project) ? path.resolve(project) : project }),
    ...(model === undefined ? {} : { model }),
    ...(session === undefined ? {} : { session }),
  }
}

/** `20261101` is what some other tools take. */
function day(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
}

function zoneOf(asked: string | undefined): string {
  if (asked === undefined) return localZone()
  try {
    clockOf(asked)
    return asked
  } catch {
    throw misuse(`"${asked}" is not a time zone.`, 'Use an IANA name such as Europe/Berlin.')
  }
}

function checkRange(zone: string, since: string | undefined, until: string | undefined): void {
  const read = (option: string, text: string | undefined, parse: (zone: string, text: string) => number) => {
    try {
      return text === undefined ? undefined : parse(zone, text)
    } catch (error) {
      throw misuse(`--${option}: ${(error as Error).message}.`)
    }
  }
  const from = read('since', since, parseSince)
  const to = read('until', until, parseUntil)
  if (from !== undefined && to !== undefined && from >= to) throw misuse(`--since ${since} is not before --until ${until}.`)
}
