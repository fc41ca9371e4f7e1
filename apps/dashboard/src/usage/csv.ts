import { printable } from '@signalbox/contract/printable'
import type { UsageRow } from '../hub/answer.ts'
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

/** The rows on the screen with exact numbers; an unknown cost is an empty field. Line endings follow RFC 4180. */
export function toCsv(group: GroupKey, rows: readonly UsageRow[]): string {
  const lines = [[group, ...columns], ...rows.map((row) => [readGroupValue(row, group), ...columns.map((column) => row[column] ?? '')])]
  return lines.map((line) => `${line.map(quoteField).join(',')}\r\n`).join('')
}

/** Prefixes text that a spreadsheet would run as a formula with an apostrophe: names of projects and branches are untrusted. */
function quoteField(value: string | number): string {
  const text = printable(typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value))
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
