import { countOf, plural } from '@signalbox/contract/plural'
import type { UsageModelRow } from '@signalbox/contract/usage'
import { addUsage, type PlainSums } from '@signalbox/usage/add-usage'
import { compact, formatCompact, formatUsd, roundUsd } from './format.ts'

/** Whether a report has nothing: what is not itemised counts no calls, but has tokens. */
export function isNoUsage({ calls, total_tokens }: PlainSums): boolean {
  return calls === 0 && total_tokens === 0
}

/** What Claude Code has recorded beyond its calls, which is a part of the totals; undefined for none. */
export function notItemisedOf(models: readonly UsageModelRow[]): PlainSums | undefined {
  const rows = models.filter(({ not_itemised }) => not_itemised)
  return rows.length === 0 ? undefined : rows.reduce<PlainSums>(addUsage, nothing)
}

const nothing: PlainSums = {
  calls: 0,
  input: 0,
  output: 0,
  write_5m: 0,
  write_1h: 0,
  read: 0,
  total_tokens: 0,
  cost_usd: null,
  unpriced_calls: 0,
  unfinished_calls: 0,
  odd_calls: 0,
}

/** Whether Claude Code has recorded what the unfinished calls lack. */
type MayBeWhole = PlainSums & { readonly is_whole?: true | undefined }

/** The fields of an answer that say what is missing in its sums, and what is no call; absent where there is nothing to say. */
export function uncertainData({ unfinished_calls, odd_calls, is_whole }: MayBeWhole, notItemised?: PlainSums) {
  return compact({
    unfinished_calls: unfinished_calls === 0 ? undefined : unfinished_calls,
    is_whole,
    odd_calls: odd_calls === 0 ? undefined : odd_calls,
    not_itemised: notItemised && { cost_usd: roundUsd(notItemised.cost_usd), total_tokens: notItemised.total_tokens },
  })
}

/** The same as sentences. */
export function describeUncertain({ unfinished_calls, odd_calls, is_whole }: MayBeWhole, notItemised: PlainSums | undefined): string[] {
  const lines: string[] = []
  if (unfinished_calls > 0 && !is_whole) {
    const whose = plural(unfinished_calls, 'its', 'their')
    lines.push(
      `${countOf(unfinished_calls, 'call')} never got the final record from Claude Code, so ${whose} output, and with it the cost, is at least this.`,
    )
  }
  if (odd_calls > 0) lines.push(`${countOf(odd_calls, 'call')} had a number that is none; it counts as 0.`)
  if (notItemised !== undefined) {
    const { cost_usd, total_tokens } = notItemised
    lines.push(
      `Not itemised: ${formatUsd(cost_usd)} and ${formatCompact(total_tokens)} tokens of it are what Claude Code has recorded beyond its calls.`,
    )
  }
  return lines
}
