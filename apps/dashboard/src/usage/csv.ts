import type { UsageRow } from '../hub/answer.ts'
import { type GroupKey, keyOf } from './group-name.ts'

const columns = ['calls', 'input', 'output', 'write_5m', 'write_1h', 'read', 'total_tokens', 'cost_usd', 'unpriced_calls'] as const

/** Rows as they are on the screen, with exact numbers; an unknown cost is an empty field. Lines end as RFC 4180 has it. */
export function csvOf(group: GroupKey, rows: readonly UsageRow[]): string {
  const lines = [[group, ...columns], ...rows.map((row) => [keyOf(row, group), ...columns.map((column) => row[column] ?? '')])]
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('')
}

/** A text that a spreadsheet would run as a formula gets an apostrophe before it: projects and branches are named by others. */
function field(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
