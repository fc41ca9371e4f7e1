import type { UsageReport, UsageRow, UsageSums } from '@signalbox/contract/usage'

type Sums = Pick<
  UsageSums,
  'calls' | 'input' | 'output' | 'write_5m' | 'write_1h' | 'read' | 'total_tokens' | 'cost_usd' | 'unpriced_calls'
>

/** A report as tools need it: its rows by name, and the sums of all. */
export interface MergedReport {
  readonly rows: readonly (UsageRow & { readonly name: string })[]
  readonly totals: Sums
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
      const known = rows.get(name)
      rows.set(name, known === undefined ? { ...row, name } : { ...known, ...addSums(known, row) })
    }
  }
  const [first, ...others] = reports
  return {
    rows: [...rows.values()],
    totals: others.reduce<Sums>((sums, { totals }) => addSums(sums, totals), first!.totals),
    unpriced: [...new Set(reports.flatMap(({ unpriced }) => unpriced))],
    lastCallAt: reports
      .flatMap(({ last_call_at }) => last_call_at ?? [])
      .sort()
      .at(-1),
  }
}

function addSums(a: Sums, b: Sums): Sums {
  return {
    calls: a.calls + b.calls,
    input: a.input + b.input,
    output: a.output + b.output,
    write_5m: a.write_5m + b.write_5m,
    write_1h: a.write_1h + b.write_1h,
    read: a.read + b.read,
    total_tokens: a.total_tokens + b.total_tokens,
    // A sum without any price is unknown, not zero.
    cost_usd: a.cost_usd === null ? b.cost_usd : a.cost_usd + (b.cost_usd ?? 0),
    unpriced_calls: a.unpriced_calls + b.unpriced_calls,
  }
}
