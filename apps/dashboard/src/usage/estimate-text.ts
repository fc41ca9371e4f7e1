import type { UsageSums } from '../hub/answer.ts'
import { formatCompact, formatUsd } from '../ui/number-format.ts'
import { t } from '../words/usage.ts'

/** What estimates are, for people who point at one. */
export const aboutEstimates = t.estimatedOutputThatUnfinished

/** What is estimated of sums, in words; undefined for nothing. @param areAdded whether the sums have it */
export function describeEstimate(
  { estimated_output: output, estimated_cost_usd: cost }: Pick<UsageSums, 'estimated_output' | 'estimated_cost_usd'>,
  areAdded: boolean,
): string | undefined {
  if (output === undefined) return undefined
  const money = cost == null ? '' : `, ${formatUsd(cost)}`
  return t.aboutEstimatedTokensOf(areAdded ? t.includes : t.without, formatCompact(output), output, money)
}
