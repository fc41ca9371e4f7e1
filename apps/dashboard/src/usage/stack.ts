import type { UsageReport, UsageRow, UsageSums } from '../hub/answer.ts'
import { whyAtLeast } from '../ui/at-least.ts'
import { partKey } from '../ui/part-name.ts'
import { type GroupKey, readGroupValue } from './group-name.ts'
import type { Measure, Split } from './usage-search.ts'

/** One colour of the chart, from the first bucket to the last. */
export interface Series {
  /** The model, project, machine or branch as the hub names it; undefined for all remaining names together. */
  readonly key: string | undefined
  /** Number of names in the series: 1, or more for the remaining names. */
  readonly names: number
  /** In the order of the buckets; null is an unknown cost. */
  readonly values: readonly (number | null)[]
  readonly total: number | null
  /** Why each value is at least that, in the order of the buckets; undefined where it is exact. */
  readonly atLeast: readonly (string | undefined)[]
  readonly totalAtLeast: string | undefined
}

export interface Stack {
  readonly buckets: readonly string[]
  /** Largest first, the remaining names last. */
  readonly series: readonly Series[]
  readonly totals: readonly (number | null)[]
  /** Why each total is at least that, and that of all. */
  readonly atLeast: readonly (string | undefined)[]
  readonly totalAtLeast: string | undefined
  /** Buckets that contain calls without a price, whose cost is missing from the bar. */
  readonly unpriced: readonly boolean[]
  /** What unfinished calls are estimated to have beyond the totals, or within them where they have it; 0 for nothing. */
  readonly estimates: readonly number[]
}

interface Part extends UsageSums {
  readonly name: string
}

export function readMeasure(sums: UsageSums, measure: Measure): number | null {
  switch (measure) {
    case 'cost':
      // Without tokens the cost is zero, not unknown.
      return sums.total_tokens === 0 && sums.calls === 0 ? 0 : sums.cost_usd
    case 'tokens':
      return sums.total_tokens
    case 'calls':
      return sums.calls
  }
}

/** Why a measure of sums is at least what is shown. Calls are counted exactly. */
function readDoubt(measure: Measure, parts: readonly UsageSums[]): string | undefined {
  if (measure === 'calls') return undefined
  let [unfinished_calls, odd_calls] = [0, 0]
  for (const part of parts) {
    unfinished_calls += part.is_whole ? 0 : part.unfinished_calls
    odd_calls += part.odd_calls
  }
  return whyAtLeast({ unfinished_calls, odd_calls })
}

/** What is estimated of sums, in the unit of the measure: output, its cost, and no calls. */
export function readEstimate({ estimated_output: output, estimated_cost_usd: cost }: UsageSums, measure: Measure): number {
  return (measure === 'tokens' ? output : measure === 'cost' ? cost : 0) ?? 0
}

/** The parts of a row: models always, others when the report was requested with `split`. */
function listParts(row: Pick<UsageRow, 'models' | 'splits'>, split: Split): readonly Part[] {
  return split === 'model' ? row.models.map((part) => ({ ...part, name: partKey(part) })) : (row.splits ?? [])
}

/**
 * Shapes a report by time into stacked bars, one colour per name.
 * @param maxNames names with a colour of their own; the others are one series
 */
export function buildStack(
  report: UsageReport,
  buckets: readonly string[],
  step: GroupKey,
  split: Split,
  measure: Measure,
  maxNames = 7,
): Stack {
  const rows = new Map(report.rows.map((row) => [readGroupValue(row, step), row]))
  const ranked = [...listParts(report.totals, split)].sort(
    (a, b) => (readMeasure(b, measure) ?? -1) - (readMeasure(a, measure) ?? -1) || b.total_tokens - a.total_tokens,
  )
  // A single remaining name is shown by itself: `1 others` would say less in the same space.
  const named = ranked.length <= maxNames + 1 ? ranked : ranked.slice(0, maxNames)
  const perBucket = buckets.map((bucket) => {
    const row = rows.get(bucket)
    return row === undefined ? new Map<string, Part>() : new Map(listParts(row, split).map((part) => [part.name, part]))
  })
  const series: Series[] = named.map((part) => ({
    key: part.name,
    names: 1,
    values: perBucket.map((parts) => {
      const found = parts.get(part.name)
      return found === undefined ? 0 : readMeasure(found, measure)
    }),
    total: readMeasure(part, measure),
    atLeast: perBucket.map((parts) => readDoubt(measure, [parts.get(part.name) ?? []].flat())),
    totalAtLeast: readDoubt(measure, [part]),
  }))
  const others = ranked.slice(named.length)
  if (others.length > 0) {
    const names = new Set(others.map(({ name }) => name))
    series.push({
      key: undefined,
      names: others.length,
      values: perBucket.map((parts) =>
        sum([...parts.values()].filter(({ name }) => names.has(name)).map((part) => readMeasure(part, measure))),
      ),
      total: sum(others.map((part) => readMeasure(part, measure))),
      atLeast: perBucket.map((parts) =>
        readDoubt(
          measure,
          [...parts.values()].filter(({ name }) => names.has(name)),
        ),
      ),
      totalAtLeast: readDoubt(measure, others),
    })
  }
  return {
    buckets,
    series,
    totals: buckets.map((bucket) => {
      const row = rows.get(bucket)
      return row === undefined ? 0 : readMeasure(row, measure)
    }),
    atLeast: buckets.map((bucket) => readDoubt(measure, [rows.get(bucket) ?? []].flat())),
    totalAtLeast: readDoubt(measure, [report.totals]),
    unpriced: buckets.map((bucket) => measure === 'cost' && (rows.get(bucket)?.unpriced_calls ?? 0) > 0),
    estimates: buckets.map((bucket) => {
      const row = rows.get(bucket)
      return row === undefined ? 0 : readEstimate(row, measure)
    }),
  }
}

/** Null only when every value is unknown. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 && values.length > 0 ? null : known.reduce((total, value) => total + value, 0)
}
