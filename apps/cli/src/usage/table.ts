import type { UsageModelRow, UsageReport, UsageRow } from '@signalbox/contract/usage'
import { counted } from '../number.ts'
import { type Line, renderTable } from '../table.ts'
import type { Style, Terminal } from '../terminal.ts'
import { columnsOf, type Surroundings, shortModel, type UsageLine } from './columns.ts'

export interface UsageTableOptions extends Surroundings {
  /** A line for each model below each row. */
  readonly breakdown: boolean
}

/** A report as a person reads it, with what its money means. */
export function usageTable(report: UsageReport, terminal: Terminal, options: UsageTableOptions): string {
  const { group, rows, totals } = report
  const breakdown = options.breakdown && group !== 'model'
  const columns = columnsOf(group, options).filter(({ title }) => !(breakdown && title === 'Models'))
  const lines: Line<UsageLine>[] = rows.flatMap((row) => [
    { row: { ...row, row }, style: styleOf(row) },
    ...(breakdown ? row.models.map(modelLine) : []),
  ])
  const total: Line<UsageLine> = { row: { ...totals, models: [], label: () => 'Total' }, style: 'bold', rule: true }
  const totalModels = breakdown ? totals.models.map(modelLine) : []
  const table = renderTable(columns, [...lines, total, ...totalModels], terminal)
  return `${table}\n${notes(report)
    .map((note) => `${terminal.style('dim', note)}\n`)
    .join('')}`
}

/** A model of the row above. */
function modelLine(model: UsageModelRow): Line<UsageLine> {
  return { row: { ...model, label: (tight) => `  ${tight ? shortModel(model.model) : model.model}` }, style: 'dim' }
}

function styleOf(row: UsageRow): Style | undefined {
  return row.is_gap ? 'dim' : row.is_active ? 'bold' : undefined
}

function notes({ group, timezone, price_table, unpriced, totals }: UsageReport): string[] {
  const notes = [
    `Cost is what the API would charge at list price (prices of ${price_table.date}), not what a plan bills. Time zone ${timezone}.`,
  ]
  if (group === 'block') notes.push('Blocks are estimated from the calls: five hours from the UTC hour of the first one.')
  if (unpriced.length > 0) {
    const calls = counted(totals.unpriced_calls, 'call')
    notes.push(`${calls} of ${unpriced.join(', ')} have no price in the table: their tokens are counted, their cost is not.`)
  }
  return notes
}
