import type { UsageReport, UsageRow, UsageSums } from '../hub/answer.ts'
import { type GroupKey, keyOf } from './group-name.ts'
import type { Measure, Split } from './usage-search.ts'

/** One colour of the chart, from the first bucket to the last. */
export interface Series {
  /** The model, project, machine or branch as the hub names it; undefined for what is left of the others. */
  readonly key: string | undefined
  /** How many names the rest is made of; 1 for the others. */
  readonly names: number
  /** In the order of the buckets; null is a cost that is not known. */
  readonly values: readonly (number | null)[]
  readonly total: number | null
}

export interface Stack {
  readonly buckets: readonly string[]
  /** Largest first, the rest last. */
  readonly series: readonly Series[]
  readonly totals: readonly (number | null)[]
  /** Buckets with calls whose cost is not in the bar, because they have no price. */
  readonly unpriced: readonly boolean[]
}

interface Part extends UsageSums {
  readonly name: string
}

export function measured(sums: UsageSums, measure: Measure): number | null {
  switch (measure) {
    case 'cost':
      return sums.calls === 0 ? 0 : sums.cost_usd
    case 'tokens':
      return sums.total_tokens
    case 'calls':
      return sums.calls
  }
}

/** A row's parts; models are always there, the others when the report was asked with `split`. */
function partsOf(row: Pick<UsageRow, 'models' | 'splits'>, split: Split): readonly Part[] {
  return split === 'model' ? row.models.map((part) => ({ ...part, name: part.model })) : (row.splits ?? [])
}

/**
 * Shapes a report by time into bars of one colour per name.
 * @param most how many names get a colour; what is left is one series, worked out from the row and not from its parts
 */
export function stackOf(report: UsageReport, buckets: readonly string[], step: GroupKey, split: Split, measure: Measure, most = 7): Stack {
  const rows = new Map(report.rows.map((row) => [keyOf(row, step), row]))
  const ranked = [...partsOf(report.totals, split)].sort(
    (a, b) => (measured(b, measure) ?? -1) - (measured(a, measure) ?? -1) || b.total_tokens - a.total_tokens,
  )
  // One name too many is shown as itself: a rest of one says less than its name and takes the same room.
  const named = ranked.length <= most + 1 ? ranked : ranked.slice(0, most)
  const perBucket = buckets.map((bucket) => {
    const row = rows.get(bucket)
    return row === undefined ? new Map<string, Part>() : new Map(partsOf(row, split).map((part) => [part.name, part]))
  })
  const series: Series[] = named.map((part) => ({
    key: part.name,
    names: 1,
    values: perBucket.map((parts) => {
      const found = parts.get(part.name)
      return found === undefined ? 0 : measured(found, measure)
    }),
    total: measured(part, measure),
  }))
  const others = ranked.slice(named.length)
  if (others.length > 0) {
    const names = new Set(others.map(({ name }) => name))
    series.push({
      key: undefined,
      names: others.length,
      values: perBucket.map((parts) =>
        sum([...parts.values()].filter(({ name }) => names.has(name)).map((part) => measured(part, measure))),
      ),
      total: sum(others.map((part) => measured(part, measure))),
    })
  }
  return {
    buckets,
    series,
    totals: buckets.map((bucket) => {
      const row = rows.get(bucket)
      return row === undefined ? 0 : measured(row, measure)
    }),
    unpriced: buckets.map((bucket) => measure === 'cost' && (rows.get(bucket)?.unpriced_calls ?? 0) > 0),
  }
}

/** Unknown only when nothing in it is known. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 && values.length > 0 ? null : known.reduce((whole, value) => whole + value, 0)
}
