import { printable } from '@signalbox/contract/printable'
import type { UsageModelRow, UsageReport, UsageRow } from '@signalbox/contract/usage'
import { formatCount, formatDuration, formatShortNumber, formatUsd } from '../format-number.ts'
import { type Line, renderTable, truncate } from '../table.ts'
import type { Style, Terminal } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'
import { columnsOf, shortModel, type TableContext, type UsageLine } from './columns.ts'

export interface UsageTableOptions extends TableContext {
  /** Adds a line per model below each row. */
  readonly breakdown: boolean
}

/** A usage report as a table, with notes about costs and blocks. */
export function usageTable(report: UsageReport, terminal: Terminal, options: UsageTableOptions): string {
  const { group, rows, totals } = report
  const breakdown = options.breakdown && group !== 'model'
  const columns = columnsOf(group, options).filter(({ title }) => !(breakdown && title === 'Models'))
  const body: Line<UsageLine>[] = rows.flatMap((row) => [
    { row: { ...row, row }, style: styleOf(row) },
    ...(breakdown ? row.models.map(modelLine) : []),
  ])
  const total: Line<UsageLine> = { row: { ...totals, models: [], label: () => 'Total' }, style: 'bold', rule: true }
  const totalModels = breakdown ? totals.models.map(modelLine) : []
  const table = renderTable(columns, [...body, total, ...totalModels], terminal)
  const lines = formatNotes(report, terminal.columns).flatMap((note) => wrapText(note, terminal.columns))
  return `${table}\n${lines.map((line) => `${terminal.style('dim', line)}\n`).join('')}`
}

/** The line of a model, below its row. */
function modelLine(model: UsageModelRow): Line<UsageLine> {
  return { row: { ...model, label: (compact) => `  ${compact ? shortModel(model.model) : model.model}` }, style: 'dim' }
}

function styleOf(row: UsageRow): Style | undefined {
  return row.is_gap ? 'dim' : row.is_active ? 'bold' : undefined
}

function formatNotes({ group, rows, timezone, price_table, unpriced, totals }: UsageReport, columns: number): string[] {
  const notes = [`List-price equivalent. Your plan's price is different. Prices of ${price_table.date}, time zone ${timezone}.`]
  if (group === 'block') {
    const measured = rows.some((row) => row.measured)
    notes.push(
      ...formatBurnRate(rows),
      ...(measured ? ["The active block is measured: it is the plan's 5-hour limit, as read on this machine."] : []),
      `${measured ? 'The other blocks' : 'Blocks'} are estimated: five hours from the UTC hour of the first call.`,
    )
  }
  if (unpriced.length > 0) {
    const calls = formatCount(totals.unpriced_calls, 'call')
    // A name is one word, which is not wrapped; the comma behind it takes a column too.
    const names = unpriced.map((name) => truncate(printable(name), columns - 1)).join(', ')
    notes.push(`${calls} of ${names} have no price: their tokens are counted, their cost is not.`)
  }
  return notes
}

/** The burn rate of the active block, and its projection. */
function formatBurnRate(rows: readonly UsageRow[]): string[] {
  return rows.flatMap(({ burn_rate, projection }) => {
    if (burn_rate === undefined || projection === undefined) return []
    const { tokens_per_minute, cost_per_minute } = burn_rate
    const rate = `${formatShortNumber(tokens_per_minute)} tokens per minute${cost_per_minute === null ? '' : `, ${formatUsd(cost_per_minute * 60)} per hour`}`
    const end = `${formatShortNumber(projection.total_tokens)} tokens${projection.cost_usd === null ? '' : `, ${formatUsd(projection.cost_usd)}`}`
    return [`Active block: ${formatDuration(projection.remaining_minutes * 60_000)} left. Burn rate: ${rate}. Projected: ${end}.`]
  })
}
