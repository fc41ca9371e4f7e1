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

/** The rows on the screen with exact numbers; an unknown cost is an empty field. A session has where it began, too. */
export function toCsv(group: GroupKey, rows: readonly UsageRow[]): string {
  const all = group === 'session' ? ([...columns, 'project', 'branch', 'machine', 'first_call_at', 'last_call_at'] as const) : columns
  const lines = [[group, ...all], ...rows.map((row) => [readGroupValue(row, group), ...all.map((column) => row[column] ?? '')])]
  return lines.map(csvLine).join('')
}
