import { t } from '../words/ui.ts'
import { formatExact } from './number-format.ts'

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
    reasons.push(t.neverGotFinalRecord(formatCalls(unfinished_calls)))
  }
  if (odd_calls > 0) reasons.push(t.hadNumberThatIs(formatCalls(odd_calls)))
  return reasons.length === 0 ? undefined : t.atLeast(reasons.join('; '))
}

function formatCalls(count: number): string {
  return t.calls(formatExact(count), count)
}
