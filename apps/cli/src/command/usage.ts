import os from 'node:os'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import type { UsageReport } from '@signalbox/contract/usage'
import { findTranscriptRoots, type Ledger, openLedger } from '@signalbox/ledger'
import { parseSince, parseUntil, zoneClock } from '@signalbox/usage/zone'
import { type Command, Option } from 'commander'
import { Interrupted, usageError } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { readPriceTable } from '../price-file.ts'
import { createTranscriptBar } from '../progress.ts'
import { createTerminal } from '../terminal.ts'
import { listenForStop } from '../up/listen-for-stop.ts'
import { groups, parseGroup } from '../usage/group.ts'
import { zoneOf } from '../zone-of.ts'

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

export function usage(command: Command, io: Io): void {
  command
    .argument('[group]', `how to group: ${Object.keys(groups).join(', ')}`, 'daily')
    .option('--since <when>', 'first day, such as 2026-11-01, or an instant, such as 2026-11-01T09:00:00Z')
    .option('--until <when>', 'last day (included), or an instant (excluded)')
    .option('--timezone <zone>', "time zone, such as Europe/Berlin (default: TIMEZONE, else the machine's)")
    .addOption(new Option('--json', 'print JSON, as `GET /api/usage` returns it').conflicts('csv'))
    .option('--csv', 'print CSV')
    .option('--breakdown', 'add a row per model')
    .option('--project <folder>', 'only calls in this working directory')
    .option('--model <name>', 'only calls to this model')
    .option('--session <id>', 'only calls of this session')
    .addOption(new Option('--order <order>', 'sort order of the rows').choices(['asc', 'desc']))
    .addHelpText(
      'after',
      `
Each call is counted once, even if several transcripts have it, and stays counted after Claude Code deletes the transcript.
The first run reads all transcripts; later runs read only new data.

Examples:
  signalbox usage                                     by day
  signalbox usage monthly --breakdown                 by month and model
  signalbox usage session --since 2026-11-20          sessions since a day
  signalbox usage blocks                              five-hour blocks, and the burn rate of the active one
  signalbox usage daily --project . --json            this folder, as JSON`,
    )
    .action((word: string, options: Options) => run(io, word, options))
}

async function run(io: Io, word: string, options: Options): Promise<void> {
  const { env } = io
  const settings = readSettings(env, ['DATA_DIR', 'TIMEZONE', 'WEEK_START', 'PRICE_TABLE', 'REDACT_PROJECTS'])
  const group = parseGroup(word)
  const timezone = resolveZone(io, options.timezone ?? settings.TIMEZONE)
  const since = options.since === undefined ? undefined : normalizeDay(options.since)
  const until = options.until === undefined ? undefined : normalizeDay(options.until)
  checkRange(timezone, since, until)

  const now = io.now()
  const roots = findTranscriptRoots(env)
  const ledger = openLedger({
    dataDir: settings.DATA_DIR,
    priceTable: readPriceTable(settings.PRICE_TABLE),
    redactProjects: settings.REDACT_PROJECTS,
  })
  try {
    const problems = await refresh(io, ledger, roots)
    // Loaded on demand: other groups do not need the plan limits.
    const window = group === 'block' ? (await import('../limits/read-local-limits.ts')).readSessionWindow(ledger, now) : undefined
    const report = ledger.report({
      group,
      timezone,
      weekStart: settings.WEEK_START,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      filters: filtersOf(io, options),
      now,
      window,
    })
    await print(io, sortRows(report, options.order), options, roots)
    for (const { path, message } of problems.slice(0, MAX_PROBLEMS)) io.stderr.write(`signalbox: ${formatPath(path)} ${message}\n`)
    if (problems.length > MAX_PROBLEMS)
      io.stderr.write(`signalbox: … and ${problems.length - MAX_PROBLEMS} more, see \`signalbox doctor\`.\n`)
  } finally {
    ledger.close()
  }
}
const MAX_PROBLEMS = 3

/** Reads new transcript data, with a progress bar when it takes long. Ctrl-C stops it without loss. */
async function refresh(io: Io, ledger: Ledger, roots: readonly string[]) {
  const bar = createTranscriptBar(io.stderr)
  const stop = listenForStop(io)
  try {
    const { problems } = await ledger.refresh({ roots: [...roots], signal: stop.signal, onProgress: bar.report })
    if (stop.signal.aborted) throw new Interrupted()
    // A default folder that does not exist is reported only when there is no usage at all.
    return problems.filter(({ path }) => !roots.includes(path))
  } catch (error) {
    throw stop.signal.aborted ? new Interrupted() : error
  } finally {
    bar.end()
    stop.release()
  }
}

async function print(io: Io, report: UsageReport, options: Options, roots: readonly string[]): Promise<void> {
  if (options.json) return void io.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  if (options.csv) {
    const { reportCsv } = await import('@signalbox/usage/report-csv')
    return void io.stdout.write(reportCsv(report, options.breakdown === true))
  }
  if (report.totals.calls === 0) return void io.stdout.write(formatEmpty(options, roots))
  const { usageTable } = await import('../usage/table.ts')
  const context = { clock: zoneClock(report.timezone), home: os.homedir(), breakdown: options.breakdown === true }
  io.stdout.write(usageTable(report, createTerminal(io), context))
}

function formatEmpty(options: Options, roots: readonly string[]): string {
  const filters = (['since', 'until', 'project', 'model', 'session'] as const).filter((name) => options[name] !== undefined)
  if (filters.length > 0) return `No calls match ${filters.map((name) => `--${name} ${options[name]}`).join(' ')}.\n`
  return `No usage yet. No Claude Code transcripts (*.jsonl) were found in:
${roots.map((root) => `  ${formatPath(root)}`).join('\n')}
Use Claude Code once, or set its folder: CLAUDE_CONFIG_DIR=/path signalbox usage
`
}

/** Projects, models and branches are sorted by cost, all other groups by time, unless --order says otherwise. */
function sortRows(report: UsageReport, order: 'asc' | 'desc' | undefined): UsageReport {
  const defaultOrder = ['project', 'model', 'branch'].includes(report.group) ? 'desc' : 'asc'
  return order === undefined || order === defaultOrder ? report : { ...report, rows: report.rows.toReversed() }
}

function filtersOf({ cwd }: Io, { project, model, session }: Options) {
  return {
    ...(project === undefined ? {} : { project: /^\.{1,2}($|[/\\])/.test(project) ? path.resolve(cwd, project) : project }),
    ...(model === undefined ? {} : { model }),
    ...(session === undefined ? {} : { session }),
  }
}

/** Also accepts `20261101`, as some other tools do. */
function normalizeDay(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
}

function resolveZone(io: Io, name: string | undefined): string {
  if (name === undefined) return zoneOf(io)
  try {
    zoneClock(name)
    return name
  } catch {
    throw usageError(`"${name}" is not a time zone.`, 'Use an IANA name such as Europe/Berlin.')
  }
}

function checkRange(zone: string, since: string | undefined, until: string | undefined): void {
  const read = (option: string, text: string | undefined, parse: (zone: string, text: string) => number) => {
    try {
      return text === undefined ? undefined : parse(zone, text)
    } catch (error) {
      throw usageError(`--${option}: ${(error as Error).message}.`)
    }
  }
  const from = read('since', since, parseSince)
  const to = read('until', until, parseUntil)
  if (from !== undefined && to !== undefined && from >= to) throw usageError(`--since ${since} must be before --until ${until}.`)
}
