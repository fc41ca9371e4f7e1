import { formatCheckReason } from '@signalbox/client/check-reason'
import { formatCompact, formatInteger } from '@signalbox/contract/number-text'
import { readSettings } from '@signalbox/contract/setting'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import { findTranscriptRoots, type Ledger, openLedger } from '@signalbox/ledger'
import { checkCsv } from '@signalbox/usage/check-csv'
import { formatUsd } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { reportMissingFolders } from '../missing-folders.ts'
import { readPriceTable } from '../price-file.ts'
import { shortIds } from '../short-id.ts'
import { type Column, renderTable } from '../table.ts'
import { createTerminal } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'
import { findFilters } from './filter.ts'
import { addTelemetry, type TelemetrySource } from './hub-telemetry.ts'
import { readTranscripts, reportProblems } from './read-transcripts.ts'

export interface VerifyOptions {
  readonly last?: number
  readonly json?: true
  readonly csv?: true
}

/** Prints for each session what its rows have beside what Claude Code has recorded and what telemetry has reported, and why they differ. */
export async function verify(io: Io, written: readonly string[], { last, json, csv }: VerifyOptions): Promise<void> {
  const settings = readSettings(io.env, ['DATA_DIR', 'PRICE_TABLE'])
  const ledger = openLedger({ dataDir: settings.DATA_DIR, priceTable: readPriceTable(settings.PRICE_TABLE) })
  try {
    const { note, problems } = await readTranscripts(io, ledger, findTranscriptRoots(io.env))
    const sessions =
      written.length === 0 ? undefined : [...new Set((await Promise.all(written.map((text) => findSessions(io, ledger, text)))).flat())]
    const { checks, source } = await addTelemetry(io, await ledger.verify({ sessions, last }))
    if (json) io.stdout.write(`${JSON.stringify({ telemetry: source, sessions: checks }, null, 2)}\n`)
    else if (csv) io.stdout.write(checkCsv(checks))
    else if (checks.length === 0) io.stdout.write('No sessions yet.\n')
    else io.stdout.write(tableOf(io, checks, source))
    if (csv && source.problem !== undefined) io.stderr.write(`signalbox: ${source.problem}\n`)
    if (note !== undefined) io.stderr.write(`signalbox: ${note}\n`)
    reportMissingFolders(io)
    reportProblems(io, problems)
  } finally {
    ledger.close()
  }
}

/** @throws Failure when none has this id, or several begin so */
async function findSessions(io: Io, ledger: Ledger, text: string): Promise<readonly string[]> {
  const { filters, problem } = await findFilters(io, ledger, { session: text })
  if (problem !== undefined) throw problem
  return [filters.session ?? []].flat()
}

function tableOf(io: Io, checks: readonly SessionCheck[], { problem }: TelemetrySource): string {
  const terminal = createTerminal(io)
  const short = shortIds(checks.map(({ session }) => session))
  const number = (
    title: string,
    count: (check: SessionCheck) => number | undefined,
    dropOrder: number,
    mark: (check: SessionCheck) => string = () => '',
  ): Column<SessionCheck> => ({
    title,
    align: 'right',
    dropOrder,
    cell: (check, compact) => `${mark(check)}${formatDifference(count(check), compact ? formatCompact : formatInteger)}`,
  })
  const money = (
    title: string,
    cost: (check: SessionCheck) => number | null | undefined,
    dropOrder: number,
    mark: (check: SessionCheck) => string = () => '',
  ): Column<SessionCheck> => ({
    title,
    align: 'right',
    dropOrder,
    cell: (check) => `${mark(check)}${formatDifference(cost(check) ?? undefined, formatUsd)}`,
  })
  // The output of these calls is in no source.
  const open = (check: SessionCheck) => (check.open_calls > 0 ? '≥' : '')
  const columns: Column<SessionCheck>[] = [
    { title: 'Session', cell: ({ session }) => short(session), style: 'cyan' },
    {
      title: 'Project',
      cell: ({ project }) => formatPath(project),
      dropOrder: 6,
      minWidths: [20, 12],
      truncateStart: true,
    },
    number('Calls', ({ calls }) => calls, 5),
    number('Output: rows', ({ rows }) => rows.output, 2, open),
    number('recorded', ({ recorded }) => recorded?.output, 0),
    number('telemetry', ({ telemetry }) => telemetry?.output, 2),
    number('difference', ({ difference, telemetry_difference: other }) => (difference ?? other)?.output, 3),
    money(
      'Cost (USD): rows',
      ({ rows }) => rows.cost_usd,
      1,
      (check) => (check.rows.cost_usd === null ? '' : open(check)),
    ),
    money('recorded', ({ recorded }) => recorded?.cost_usd, 0),
    money('telemetry', ({ telemetry }) => telemetry?.cost_usd, 4),
    money('difference', ({ difference, telemetry_difference: other }) => (difference ?? other)?.cost_usd, 4),
    {
      title: 'Why',
      cell: ({ reasons }) => reasons.map((reason) => formatCheckReason(reason)).join('; ') || 'the same',
      minWidths: [60, 20],
    },
  ]
  const table = renderTable(
    columns,
    checks.map((row) => ({ row })),
    terminal,
  )
  const note = problem === undefined ? [] : wrapText(capitalise(problem), terminal.columns)
  return [table, ...note.map((line) => `${terminal.style('dim', line)}\n`)].join('')
}

function capitalise(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`
}

/** A number that may be less than nothing; nothing is shown where there is none. */
function formatDifference(count: number | undefined, format: (count: number) => string): string {
  if (count === undefined) return ''
  // Sums of dollars that Claude Code has added up as floating-point numbers.
  if (Math.abs(count) < 1e-9) return format(0)
  return count < 0 ? `-${format(-count)}` : format(count)
}
