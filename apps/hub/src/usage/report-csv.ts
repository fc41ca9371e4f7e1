import type { UsageReport } from '@signalbox/contract/usage'
import { csv } from '../http/csv.ts'

const sums = ['calls', 'input', 'output', 'write_5m', 'write_1h', 'read', 'total_tokens', 'cost_usd', 'unpriced_calls'] as const

/** The rows of a report as a table; a cost that is unknown is an empty cell. */
export function reportCsv({ group, rows }: UsageReport): string {
  const key = group === 'block' ? 'start' : group
  const more = group === 'block' ? (['end', 'is_active', 'is_gap', 'measured'] as const) : ([] as const)
  const ends = rows.some((row) => row.first_call_at !== undefined) ? (['first_call_at', 'last_call_at'] as const) : ([] as const)
  const columns = [key, ...more, ...sums, ...ends] as const
  return csv(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  )
}
