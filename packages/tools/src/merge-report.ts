import type { UsageReport, UsageRow } from '@signalbox/contract/usage'
import { addUsage, type PlainSums } from '@signalbox/usage/add-usage'
import { notItemisedOf } from './uncertain-usage.ts'

/** A report as tools need it: its rows by name, and the sums of all. */
export interface MergedReport {
  readonly rows: readonly (UsageRow & { readonly name: string })[]
  /** The rows that the hub has left out. */
  readonly leftOut: number
  readonly totals: PlainSums
  /** What of `totals` is no call; undefined for none. */
  readonly notItemised: PlainSums | undefined
  readonly unpriced: readonly string[]
  readonly lastCallAt: string | undefined
}

/** Adds up reports of the same group whose filters exclude each other. */
export function mergeReports(reports: readonly UsageReport[]): MergedReport {
  const rows = new Map<string, UsageRow & { name: string }>()
  for (const report of reports) {
    for (const row of report.rows) {
      if (row.is_gap) continue
      const name = row[report.group === 'block' ? 'start' : report.group] ?? ''
      // Of a model, what is not itemised is a row of its own.
      const key = row.not_itemised ? `${name}\n` : name
      const known = rows.get(key)
      rows.set(key, known === undefined ? { ...row, name } : { ...known, ...addUsage(known, row) })
    }
  }
  const [first, ...others] = reports
  return {
    rows: [...rows.values()],
    leftOut: reports.reduce((sum, { left_out = 0 }) => sum + left_out, 0),
    totals: others.reduce<PlainSums>((sums, { totals }) => addUsage(sums, totals), first!.totals),
    notItemised: notItemisedOf(reports.flatMap(({ totals }) => totals.models)),
    unpriced: [...new Set(reports.flatMap(({ unpriced }) => unpriced))],
    lastCallAt: reports
      .flatMap(({ last_call_at }) => last_call_at ?? [])
      .sort()
      .at(-1),
  }
}
