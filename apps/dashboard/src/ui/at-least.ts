import { plural } from '@signalbox/contract/plural'

interface UncertainSums {
  readonly unfinished_calls: number
  readonly odd_calls: number
  /** Claude Code has recorded what the unfinished calls lack. */
  readonly is_whole?: true | undefined
}

/** Why a sum is at least what is shown; undefined when it is exact. */
export function whyAtLeast({ unfinished_calls, odd_calls, is_whole }: UncertainSums): string | undefined {
  const reasons: string[] = []
  if (unfinished_calls > 0 && !is_whole) {
    reasons.push(`${formatCalls(unfinished_calls)} never got the final record from Claude Code, so some output is missing`)
  }
  if (odd_calls > 0) reasons.push(`${formatCalls(odd_calls)} had a number that is none, which counts as 0`)
  return reasons.length === 0 ? undefined : `at least: ${reasons.join('; ')}`
}

function formatCalls(count: number): string {
  return `${count.toLocaleString('en')} ${plural(count, 'call')}`
}
