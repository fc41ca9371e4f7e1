import type { UsageSums } from '@signalbox/contract/usage'

/** The sums of a row of a report, without what names it. */
export type PlainSums = Pick<
  UsageSums,
  | 'calls'
  | 'input'
  | 'output'
  | 'write_5m'
  | 'write_1h'
  | 'read'
  | 'total_tokens'
  | 'cost_usd'
  | 'unpriced_calls'
  | 'unfinished_calls'
  | 'odd_calls'
  | 'estimated_output'
  | 'estimated_cost_usd'
>

/** Adds the sums of two rows of a report. */
export function addUsage(a: PlainSums, b: PlainSums): PlainSums {
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
    unfinished_calls: a.unfinished_calls + b.unfinished_calls,
    odd_calls: a.odd_calls + b.odd_calls,
    ...addEstimates(a, b),
  }
}

function addEstimates(a: PlainSums, b: PlainSums): Pick<PlainSums, 'estimated_output' | 'estimated_cost_usd'> {
  if (a.estimated_output === undefined && b.estimated_output === undefined) return {}
  const [cost, other] = [a.estimated_cost_usd ?? null, b.estimated_cost_usd ?? null]
  return {
    estimated_output: (a.estimated_output ?? 0) + (b.estimated_output ?? 0),
    estimated_cost_usd: cost === null ? other : cost + (other ?? 0),
  }
}
