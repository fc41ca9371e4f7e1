import { readSettings } from '@signalbox/contract/setting'
import { zoneExamples } from '@signalbox/contract/time-zone'
import type { UsageReport } from '@signalbox/contract/usage'
import { findTranscriptRoots, type Ledger, openLedger, type ReportFilters, type ReportOptions } from '@signalbox/ledger'
import { zoneClock } from '@signalbox/usage/zone'
import { type Command, Option } from 'commander'
import { type Failure, usageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { reportMissingFolders } from '../missing-folders.ts'
import { readPriceTable } from '../price-file.ts'
import { parseGroup } from '../usage/group.ts'
import { verifyHelp } from '../usage/help.ts'
import { addUsageOptions, checkOptions, countOf, isOfHub, type UsageOptions } from '../usage/option.ts'
import { printReport } from '../usage/print-report.ts'
import { readTranscripts, reportProblems } from '../usage/read-transcripts.ts'
import type { VerifyOptions } from '../usage/verify.ts'
import { zoneOf } from '../zone-of.ts'

export function usage(command: Command, io: Io): void {
  addUsageOptions(command)
  command.action((word: string, options: UsageOptions) => run(io, word, options.excel ? { ...options, csv: true } : options))
  // The options after the word are its own.
  command
    .enablePositionalOptions()
    .command('verify')
    .description('put side by side what transcripts, Claude Code’s own record and telemetry have')
    .argument('[session...]', 'ids, or their beginnings (default: the newest sessions)')
    .option('--last <count>', 'so many of the newest sessions (default: 20)', countOf)
    .addOption(new Option('-j, --json', 'print JSON').conflicts('csv'))
    .option('--csv', 'print CSV')
    .addHelpText('after', () => verifyHelp)
    .action(async (sessions: string[], options: VerifyOptions) => (await import('../usage/verify.ts')).verify(io, sessions, options))
}

async function run(io: Io, word: string, options: UsageOptions): Promise<void> {
  const settings = readSettings(io.env, [
    'DATA_DIR',
    'TIMEZONE',
    'WEEK_START',
    'PRICE_TABLE',
    'REDACT_PROJECTS',
    'PROJECT_GROUPS',
    'MACHINE_ID',
  ])
  const group = parseGroup(word)
  checkOptions(group, options)
  const timezone = resolveZone(io, options.timezone ?? settings.TIMEZONE)
  const weekStart = options.startOfWeek ?? settings.WEEK_START
  const now = io.now()
  const hasRange = [options.since, options.until, options.last, options.recent].some((option) => option !== undefined)
  // Loaded on demand, as all that most runs do not need: a report begins sooner.
  const range = hasRange ? (await import('../usage/range.ts')).readRange(options, { group, timezone, weekStart, now }) : {}
  if (isOfHub(group, options)) {
    const { printHubReport } = await import('../usage/hub-report.ts')
    return await printHubReport(io, { group, timezone, weekStart, ...range }, options)
  }
  const roots = findTranscriptRoots(io.env)
  const ledger = openLedger({
    dataDir: settings.DATA_DIR,
    priceTable: readPriceTable(settings.PRICE_TABLE),
    redactProjects: settings.REDACT_PROJECTS,
    projectGroups: settings.PROJECT_GROUPS,
  })
  try {
    const { note, problems } = await readTranscripts(io, ledger, roots)
    const { filters, meanings, problem } = await filtersOf(io, ledger, options)
    const question: ReportOptions = {
      group,
      timezone,
      weekStart,
      ...range,
      filters,
      instances: options.instances === true,
      withEstimates: options.withEstimates === true,
    }
    // A program that reads JSON or CSV gets an empty report besides the error.
    if (problem !== undefined && !options.json && !options.csv) throw problem
    if (options.live && problem === undefined) {
      const { followBlock } = await import('../usage/live.ts')
      return await followBlock(io, ledger, roots, question, options)
    }
    const report = await buildReport(ledger, question, options, now)
    const named = group === 'machine' ? await withMachineName(report, settings.MACHINE_ID) : report
    await printReport(io, ledger, withMeanings(named, meanings), options, () => byAgent(ledger, question, report, options))
    if (problem !== undefined) throw problem
    if (note !== undefined) io.stderr.write(`signalbox: ${note}\n`)
    reportMissingFolders(io)
    reportProblems(io, problems)
  } finally {
    ledger.close()
  }
}

interface Filters {
  readonly filters: ReportFilters
  readonly meanings?: UsageReport['filters']
  readonly problem?: Failure | undefined
}

async function filtersOf(io: Io, ledger: Ledger, { project, folder, model, branch, agent, session, id }: UsageOptions): Promise<Filters> {
  const written = { project, folder, model, branch, agent, session: session ?? id }
  if (Object.values(written).every((text) => text === undefined)) return { filters: {} }
  const { findFilters } = await import('../usage/filter.ts')
  return findFilters(io, ledger, written)
}

async function buildReport(ledger: Ledger, question: ReportOptions, { last, active }: UsageOptions, now: number): Promise<UsageReport> {
  // Loaded on demand: other groups do not need the plan limits.
  const window = question.group === 'block' ? (await import('../limits/read-local-limits.ts')).readSessionWindow(ledger, now) : undefined
  const report = ledger.report({ ...question, now, window })
  if (last === undefined && active !== true) return report
  const { newestRows, activeBlock } = await import('../usage/some-rows.ts')
  const again = (less: Partial<ReportOptions>) => ledger.report({ ...question, ...less, now, window })
  return active ? activeBlock(report, again) : newestRows(report, last!, question, now, again)
}

/** The same sums by agent; of a report of the newest sessions, those of these. */
function byAgent(ledger: Ledger, question: ReportOptions, { group, rows }: UsageReport, { last }: UsageOptions): UsageReport {
  const some = group === 'session' && last !== undefined ? { session: rows.map(({ session }) => session ?? '') } : {}
  return ledger.report({ ...question, group: 'agent', instances: false, filters: { ...question.filters, ...some } })
}

/** Before the rows, where people look for it. */
function withMeanings({ group, timezone, since, until, ...rest }: UsageReport, meanings: UsageReport['filters'] = {}): UsageReport {
  const range = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
  return { group, timezone, ...range, ...(Object.keys(meanings).length === 0 ? {} : { filters: meanings }), ...rest }
}

/** Calls of the local database have no machine: it is this one. */
async function withMachineName(report: UsageReport, machineId: string | undefined): Promise<UsageReport> {
  const machine = machineId ?? (await import('node:os')).hostname()
  const named = <R extends { machine?: string | undefined }>(rows: readonly R[]) => rows.map((row) => ({ ...row, machine }))
  const { instances } = report
  return {
    ...report,
    rows: named(report.rows),
    ...(instances === undefined ? {} : { instances: instances.map((one) => ({ ...one, rows: named(one.rows) })) }),
  }
}

function resolveZone(io: Io, name: string | undefined): string {
  if (name === undefined) return zoneOf(io)
  try {
    zoneClock(name)
    return name
  } catch {
    throw usageError(`"${name}" is not a time zone.`, `Use ${zoneExamples}.`)
  }
}
