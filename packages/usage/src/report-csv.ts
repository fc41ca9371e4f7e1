import type { UsageReport } from '@signalbox/contract/usage'

type Cell = string | number | boolean | null | undefined

const sums = ['calls', 'input', 'output', 'write_5m', 'write_1h', 'read', 'total_tokens', 'cost_usd', 'unpriced_calls'] as const

/**
 * The rows of a report as RFC 4180 has it: comma, CRLF, quotes where they are needed, the first line naming the columns.
 * A cost that is unknown is an empty cell. No totals: a spreadsheet adds up for itself.
 * @param perModel a line for each model of each row
 */
export function reportCsv({ group, rows }: UsageReport, perModel = false): string {
  const key = group === 'block' ? 'start' : group
  const more = group === 'block' ? (['end', 'is_active', 'is_gap', 'measured'] as const) : ([] as const)
  const split = perModel && group !== 'model'
  // The first and last call are those of the row, not of its models.
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
  // A spreadsheet would calculate these: a project may be named by whoever made it.
  const tame = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
