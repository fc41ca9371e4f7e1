import type { UsageReport, UsageSums } from '@signalbox/contract/usage'
import type { Expected, ExpectedTotals } from '../support/transcripts.ts'

/** Converts a row of a report to the form of `expected.json`. */
export function toExpected(sums: UsageSums): ExpectedTotals {
  const { calls, input, output, write_5m, write_1h, read } = sums
  return { calls, input, output, write5m: write_5m, write1h: write_1h, read }
}

/** Converts a report by UTC day to the form of `expected.json`. */
export function toExpectedDays(report: UsageReport): Record<string, ExpectedTotals> {
  return Object.fromEntries(report.rows.flatMap((row) => row.models.map((part) => [`${row.day} ${part.model}`, toExpected(part)])))
}

/** Sums by day or by model. */
export function sumBy(expected: Expected, by: 'day' | 'model'): Map<string, ExpectedTotals> {
  const sums = new Map<string, ExpectedTotals>()
  for (const [name, totals] of Object.entries(expected.days)) {
    const [day = '', model = ''] = name.split(' ')
    const key = by === 'day' ? day : model
    const sum = sums.get(key) ?? { calls: 0, input: 0, output: 0, write5m: 0, write1h: 0, read: 0 }
    for (const field of Object.keys(sum) as (keyof ExpectedTotals)[]) sum[field] += totals[field]
    sums.set(key, sum)
  }
  return sums
}
