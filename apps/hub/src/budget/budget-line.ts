import type { BudgetState } from '@signalbox/contract/budget'
import type { BudgetRecord, RaiseRecord } from '../store/budget.ts'

/** Raises that are kept with a budget; the audit log has all. */
const MAX_RAISES = 200
/** Shares are compared with what sums of floating point may be off by. */
const EPSILON = 1e-9

/** The hard line in a period, with what it was raised by: USD, or percent of a plan window. */
export function lineOf(
  { amount_usd, percent, raises }: Pick<BudgetRecord, 'amount_usd' | 'percent' | 'raises'>,
  period: number | undefined,
): number {
  return (amount_usd ?? percent ?? 0) + raisesOf(raises, period).reduce((sum, { amount }) => sum + amount, 0)
}

export function raisesOf(raises: readonly RaiseRecord[], period: number | undefined): readonly RaiseRecord[] {
  return raises.filter((raise) => raise.period === period)
}

export function withRaise(raises: readonly RaiseRecord[], raise: RaiseRecord): readonly RaiseRecord[] {
  return [...raises, raise].slice(-MAX_RAISES)
}

export function stateOf(
  { enabled, soft_percent }: Pick<BudgetRecord, 'enabled' | 'soft_percent'>,
  line: number,
  used: number | undefined,
): BudgetState {
  if (!enabled) return 'off'
  if (used === undefined) return 'unknown'
  if (isSpent(line, used)) return 'spent'
  return soft_percent !== undefined && used + EPSILON >= (line * soft_percent) / 100 ? 'soft' : 'open'
}

export function isSpent(line: number, used: number): boolean {
  return used + EPSILON >= line
}
