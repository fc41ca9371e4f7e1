import { plural } from '@signalbox/contract/plural'
import type { UsageSums } from '../hub/answer.ts'
import { formatCompact, formatUsd } from '../ui/number-format.ts'

/** What estimates are, for people who point at one. */
export const aboutEstimates =
  'Estimated: the output that unfinished calls may have beyond what is shown, from how much their answers hold, where no source has it'

/** What is estimated of sums, in words; undefined for nothing. @param areAdded whether the sums have it */
export function describeEstimate(
  { estimated_output: output, estimated_cost_usd: cost }: Pick<UsageSums, 'estimated_output' | 'estimated_cost_usd'>,
  areAdded: boolean,
): string | undefined {
  if (output === undefined) return undefined
  const money = cost == null ? '' : `, ${formatUsd(cost)}`
  return `${areAdded ? 'Includes' : 'Without'} about ${formatCompact(output)} estimated ${plural(output, 'token')} of output${money}, of calls whose output no source has`
}
