import type { UsageReport } from '../hub/answer.ts'
import { whyAtLeast } from '../ui/at-least.ts'
import { partKey } from '../ui/part-name.ts'

/** The figures of a day. */
export interface TodaySummary {
  readonly calls: number
  readonly cost: number | null
  readonly unpricedCalls: number
  readonly tokens: number
  /** Why cost and tokens are at least this much; undefined when they are exact. */
  readonly atLeast: string | undefined
  /** The model with the largest share of the cost, or of the tokens when there is no cost. */
  readonly leader: { readonly model: string; readonly share: number } | undefined
  /** Start of the hour with the highest value; undefined while there is only one. */
}

/** @param report today, by hour */
export function summarizeToday(report: UsageReport): TodaySummary {
  const { totals } = report
  const measure = (sums: { cost_usd: number | null; total_tokens: number }) =>
    (totals.cost_usd ?? 0) > 0 ? (sums.cost_usd ?? 0) : sums.total_tokens
  const total = measure(totals)
  const [first] = [...totals.models].sort((a, b) => measure(b) - measure(a))
  return {
    calls: totals.calls,
    cost: totals.cost_usd,
    unpricedCalls: totals.unpriced_calls,
    tokens: totals.total_tokens,
    atLeast: whyAtLeast(totals),
    leader: first === undefined || total === 0 ? undefined : { model: partKey(first), share: measure(first) / total },
  }
}
