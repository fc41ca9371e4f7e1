import type { UsageReport } from '../hub/answer.ts'

/** What can be said of a day without guessing anything. */
export interface TodayFacts {
  readonly calls: number
  readonly cost: number | null
  readonly unpricedCalls: number
  readonly tokens: number
  /** The model most of the day went to, and its share of the cost; of the tokens, when there is no cost. */
  readonly leader: { readonly model: string; readonly share: number } | undefined
  /** The instant at which the fullest hour began; absent while there is only one. */
  readonly busiestHour: string | undefined
}

/** @param report of today, by hour */
export function factsOf(report: UsageReport): TodayFacts {
  const { totals, rows } = report
  const measure = (sums: { cost_usd: number | null; total_tokens: number }) =>
    (totals.cost_usd ?? 0) > 0 ? (sums.cost_usd ?? 0) : sums.total_tokens
  const whole = measure(totals)
  const [first] = [...totals.models].sort((a, b) => measure(b) - measure(a))
  const [fullest, second] = [...rows].sort((a, b) => measure(b) - measure(a))
  return {
    calls: totals.calls,
    cost: totals.cost_usd,
    unpricedCalls: totals.unpriced_calls,
    tokens: totals.total_tokens,
    leader: first === undefined || whole === 0 ? undefined : { model: first.model, share: measure(first) / whole },
    busiestHour: second === undefined ? undefined : fullest?.hour,
  }
}
