import type { UsageRow } from '../hub/answer.ts'
import { csvLine } from '../ui/csv-line.ts'
import { type GroupKey, readGroupValue } from './group-name.ts'

const columns = [
  'calls',
  'input',
  'output',
  'write_5m',
  'write_1h',
  'read',
  'total_tokens',
  'cost_usd',
  'unpriced_calls',
  'unfinished_calls',
  'odd_calls',
] as const

/** The rows on the screen with exact numbers; an unknown cost is an empty field. */
export function toCsv(group: GroupKey, rows: readonly UsageRow[]): string {
  const lines = [[group, ...columns], ...rows.map((row) => [readGroupValue(row, group), ...columns.map((column) => row[column] ?? '')])]
  return lines.map(csvLine).join('')
}
