import type { UsageModelRow, UsageReport, UsageRow } from '@signalbox/contract/usage'
import { counted, duration, short, usd } from '../number.ts'
import { type Line, renderTable } from '../table.ts'
import type { Style, Terminal } from '../terminal.ts'
import { wrapped } from '../wrapped.ts'
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
  const body: Line<UsageLine>[] = rows.flatMap((row) => [
    { row: { ...row, row }, style: styleOf(row) },
    ...(breakdown ? row.models.map(modelLine) : []),
  ])
  const total: Line<UsageLine> = { row: { ...totals, models: [], label: () => 'Total' }, style: 'bold', rule: true }
  const totalModels = breakdown ? totals.models.map(modelLine) : []
  const table = renderTable(columns, [...body, total, ...totalModels], terminal)
  const lines = notes(report).flatMap((note) => wrapped(note, terminal.columns))
  return `${table}\n${lines.map((line) => `${terminal.style('dim', line)}\n`).join('')}`
}

/** A model of the row above. */
function modelLine(model: UsageModelRow): Line<UsageLine> {
  return { row: { ...model, label: (tight) => `  ${tight ? shortModel(model.model) : model.model}` }, style: 'dim' }
}

function styleOf(row: UsageRow): Style | undefined {
  return row.is_gap ? 'dim' : row.is_active ? 'bold' : undefined
}

function notes({ group, rows, timezone, price_table, unpriced, totals }: UsageReport): string[] {
  const notes = [
    `Cost is what the API would charge at list price (prices of ${price_table.date}), not what a plan bills. Time zone ${timezone}.`,
  ]
  if (group === 'block') {
    const measured = rows.some((row) => row.measured)
    notes.push(
      ...paceNotes(rows),
      ...(measured ? ['The open block is measured: it is the window of the plan, as it was read on this machine.'] : []),
      `${measured ? 'The other blocks' : 'Blocks'} are estimated from the calls: five hours from the UTC hour of the first one.`,
    )
  }
  if (unpriced.length > 0) {
    const calls = counted(totals.unpriced_calls, 'call')
    notes.push(`${calls} of ${unpriced.join(', ')} have no price in the table: their tokens are counted, their cost is not.`)
  }
  return notes
}

/** How fast the open block is used, and where that leads. */
function paceNotes(rows: readonly UsageRow[]): string[] {
  return rows.flatMap(({ burn_rate, projection }) => {
    if (burn_rate === undefined || projection === undefined) return []
    const dollars = (cost: number | null) => (cost === null ? '' : ` and ${usd(cost)}`)
    const rate = `${short(burn_rate.tokens_per_minute)} tokens a minute${dollars(burn_rate.cost_per_minute === null ? null : burn_rate.cost_per_minute * 60)}${burn_rate.cost_per_minute === null ? '' : ' an hour'}`
    const end = `${short(projection.total_tokens)} tokens${dollars(projection.cost_usd)}`
    return [`The open block has ${duration(projection.remaining_minutes * 60_000)} left. At its pace of ${rate} it comes to ${end}.`]
  })
}
