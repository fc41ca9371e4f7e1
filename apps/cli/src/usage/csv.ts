import type { UsageReport, UsageRow, UsageSums } from '@signalbox/contract/usage'
import { nameOf } from './group.ts'

const counts = ['calls', 'input', 'output', 'write_5m', 'write_1h', 'read', 'total_tokens', 'cost_usd', 'unpriced_calls'] as const

/**
 * A report as RFC 4180 has it: a head line, then a line a row, or one for each model of each row.
 * An unknown cost is an empty field. No totals: a spreadsheet adds up for itself.
 */
export function usageCsv(report: UsageReport, breakdown: boolean): string {
  const { group } = report
  const perModel = breakdown && group !== 'model'
  const head = [group === 'block' ? 'start' : group, ...(group === 'block' ? ['end'] : []), ...(perModel ? ['model'] : []), ...counts]
  const lines = report.rows
    .filter((row) => !row.is_gap)
    .flatMap((row) => {
      const name = [nameOf(group, row), ...(group === 'block' ? [row.end ?? ''] : [])]
      return perModel ? row.models.map((model) => [...name, model.model, ...numbers(model)]) : [[...name, ...numbers(row)]]
    })
  return [head, ...lines].map((fields) => `${fields.map(quoted).join(',')}\r\n`).join('')
}

function numbers(sums: UsageSums | UsageRow): string[] {
  return counts.map((name) => String(sums[name] ?? ''))
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}
