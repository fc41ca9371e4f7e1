import type { UsageReport } from '@signalbox/contract/usage'
import { tokenClasses } from './call.ts'

type Cell = string | number | boolean | null | undefined

const sums = ['calls', ...tokenClasses, 'total_tokens', 'cost_usd', 'unpriced_calls'] as const

/**
 * Formats the rows of a report as CSV according to RFC 4180: commas, CRLF, quotes where needed, and a header line.
 * An unknown cost is an empty cell. Totals are left out, because a spreadsheet computes them.
 * @param perModel writes a line for each model of each row
 */
export function reportCsv({ group, rows }: UsageReport, perModel = false): string {
  const key = group === 'block' ? 'start' : group
  const more = group === 'block' ? (['end', 'is_active', 'is_gap', 'measured'] as const) : ([] as const)
  const split = perModel && group !== 'model'
  // The first and the last call belong to the row, not to its models.
  const ends = !split && rows.some((row) => row.first_call_at !== undefined) ? (['first_call_at', 'last_call_at'] as const) : ([] as const)
  const naming = [key, ...more] as const
  const head = [...naming, ...(split ? ['model'] : []), ...sums, ...ends]
  const lines = rows.flatMap((row): Cell[][] => {
    const names = naming.map((column) => row[column])
    if (!split) return [[...names, ...sums.map((column) => row[column]), ...ends.map((column) => row[column])]]
    return row.models.map((model) => [...names, model.model, ...sums.map((column) => model[column])])
  })
  return [head, ...lines].map((cells) => `${cells.map(textOf).join(',')}\r\n`).join('')
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'string') return String(cell)
  // A spreadsheet would evaluate such a cell as a formula, and project names come from outside.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
