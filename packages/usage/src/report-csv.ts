import type { UsageGroup, UsageReport, UsageRow } from '@signalbox/contract/usage'
import { tokenClasses } from './call.ts'
import { type CsvCell, csvLines } from './csv.ts'

const sums = ['calls', ...tokenClasses, 'total_tokens', 'cost_usd', 'unpriced_calls', 'unfinished_calls', 'odd_calls'] as const

/**
 * Formats the rows of a report as CSV according to RFC 4180: commas, CRLF, quotes where needed, and a header line.
 * With `instances` the rows are those of each project. An unknown cost is an empty cell. Totals are left out, because a spreadsheet computes them.
 * @param perModel writes a line for each model of each row
 */
export function reportCsv({ group, rows: all, instances }: UsageReport, perModel = false): string {
  const rows = instances === undefined ? all : instances.flatMap(({ project, rows }) => rows.map((row) => ({ ...row, project })))
  const split = perModel && group !== 'model'
  const kind = split || group === 'model' ? (['not_itemised'] as const) : ([] as const)
  // The first and the last call belong to the row, not to its models.
  const ends = !split && rows.some((row) => row.first_call_at !== undefined) ? (['first_call_at', 'last_call_at'] as const) : ([] as const)
  const naming = namingColumns(group, rows, instances !== undefined)
  const estimates = rows.some((row) => row.estimated_output !== undefined)
    ? (['estimated_output', 'estimated_cost_usd'] as const)
    : ([] as const)
  const whole = !split && rows.some((row) => row.is_whole) ? (['is_whole'] as const) : ([] as const)
  const columns = [...sums, ...estimates, ...whole] as const
  const head = [...naming, ...(split ? ['model'] : []), ...columns, ...kind, ...ends]
  const lines = rows.flatMap((row): CsvCell[][] => {
    const names = naming.map((column) => row[column])
    if (!split) return [[...names, ...[...columns, ...kind, ...ends].map((column) => row[column])]]
    return row.models.map((model) => [...names, model.model, ...[...columns, ...kind].map((column) => model[column])])
  })
  return csvLines([head, ...lines])
}

/** The columns that say which row it is. */
function namingColumns(group: UsageGroup, rows: readonly UsageRow[], perProject: boolean) {
  if (group === 'block') return ['start', 'end', 'is_active', 'is_gap', 'measured'] as const
  if (group === 'session') {
    const title = rows.some((row) => row.title !== undefined) ? (['title'] as const) : []
    const machine = rows.some((row) => row.machine !== undefined) ? (['machine'] as const) : []
    return ['session', ...title, 'project', 'branch', ...machine] as const
  }
  return perProject && group !== 'project' ? (['project', group] as const) : ([group] as const)
}
