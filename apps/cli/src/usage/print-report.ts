import os from 'node:os'
import { printable } from '@signalbox/contract/printable'
import type { UsageReport } from '@signalbox/contract/usage'
import { findTranscriptPlaces, type Ledger, type TranscriptPlace } from '@signalbox/ledger'
import { zoneClock } from '@signalbox/usage/zone'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { createTerminal } from '../terminal.ts'
import type { UsageOptions } from './option.ts'

/** Excel takes a file without it for one of the machine's old code page. */
export const BYTE_ORDER_MARK = '\ufeff'

/**
 * Prints a report as JSON, CSV or a table, in the order that was asked for.
 * @param byAgent builds the same report by agent
 */
export async function printReport(
  io: Io,
  ledger: Ledger,
  built: UsageReport,
  options: UsageOptions,
  byAgent: () => UsageReport,
): Promise<void> {
  const report = await withEstimateError(ledger, await withTitles(ledger, inOrder(built, options.order)))
  if (options.json) return void io.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  if (options.csv) {
    const { reportCsv } = await import('@signalbox/usage/report-csv')
    return void io.stdout.write(`${options.excel ? BYTE_ORDER_MARK : ''}${reportCsv(report, options.breakdown === true)}`)
  }
  if (report.totals.calls === 0 && report.rows.length === 0)
    return void io.stdout.write(formatEmpty(ledger, options, findTranscriptPlaces(io.env)))
  const { usageTable } = await import('./table.ts')
  const agents = hasOwnAgents(ledger, report, options) ? byAgent().rows : []
  const context = {
    clock: zoneClock(report.timezone),
    home: os.homedir(),
    breakdown: options.breakdown === true,
    agents,
    withEstimates: options.withEstimates === true,
  }
  io.stdout.write(usageTable(report, createTerminal(io), context))
}

/** Whether the sums may be those of several agents, and nothing else in the table says so. */
function hasOwnAgents(ledger: Ledger, { group }: UsageReport, { agent }: UsageOptions): boolean {
  return group !== 'agent' && group !== 'block' && agent === undefined && ledger.knownNames('agent').length > 1
}

/** Projects, models and branches are sorted by cost, all other groups by time, unless --order says otherwise. */
export function inOrder(report: UsageReport, order: UsageOptions['order']): UsageReport {
  const defaultOrder = ['project', 'folder', 'model', 'machine', 'person', 'branch', 'agent'].includes(report.group) ? 'desc' : 'asc'
  if (order === undefined || order === defaultOrder) return report
  const { rows, instances } = report
  return {
    ...report,
    rows: rows.toReversed(),
    ...(instances === undefined ? {} : { instances: instances.map((one) => ({ ...one, rows: one.rows.toReversed() })) }),
  }
}

async function withTitles(ledger: Ledger, report: UsageReport): Promise<UsageReport> {
  if (report.group !== 'session') return report
  const titles = await ledger.sessionTitles(report.rows.flatMap(({ session }) => session ?? []))
  const titled = (rows: UsageReport['rows']): UsageReport['rows'] =>
    rows.map(({ session, ...row }) => {
      const title = titles.get(session ?? '')
      return { session, ...(title === undefined ? {} : { title }), ...row }
    })
  const { instances } = report
  return {
    ...report,
    rows: titled(report.rows),
    ...(instances === undefined ? {} : { instances: instances.map((one) => ({ ...one, rows: titled(one.rows) })) }),
  }
}

async function withEstimateError(ledger: Ledger, { totals, ...report }: UsageReport): Promise<UsageReport> {
  if (totals.estimated_output === undefined) return { ...report, totals }
  const { rows, ...rest } = report
  return { ...rest, rows, totals, estimate_error: await ledger.estimateQuality() }
}

function formatEmpty(ledger: Ledger, options: UsageOptions, places: readonly TranscriptPlace[]): string {
  const hasCalls = ledger.knownNames('model').length > 0
  if (hasCalls && options.active) return 'No block is active: the last call is more than five hours ago.\n'
  const names = ['since', 'until', 'last', 'project', 'folder', 'model', 'session', 'id', 'branch', 'agent'] as const
  const filters = names.flatMap((name) => (options[name] === undefined ? [] : `--${name} ${options[name]}`))
  if (hasCalls) return `No calls match ${printable(filters.join(' '))}.\n`
  return `No usage yet. No transcripts (*.jsonl) were found in:
${places.map(({ folder }) => `  ${printable(formatPath(folder))}`).join('\n')}
Use Claude Code once, or set its folder: CLAUDE_CONFIG_DIR=/path signalbox usage
`
}
