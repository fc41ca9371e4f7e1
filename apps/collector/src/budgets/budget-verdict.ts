import { type HeldLease, isMoney, isWhole, remainingOf } from './held-lease.ts'

/** Sums of floating point may be off by so much, in USD. */
const EPSILON_USD = 1e-9

export interface LeaseState {
  readonly lease: HeldLease
  /** What this machine has spent of it, in USD. */
  readonly spentUsd: number
  /** Calls of other sessions that may begin without asking again. */
  readonly inFlight: number
  /** What a call costs at most, as far as is known, in USD. */
  readonly largestCallUsd: number
  /** Whether the hub was reached lately, so that other machines may need less than they have. */
  readonly isHubNear: boolean
}

/** `wait`: it depends on others and is decided soon. */
export type BudgetVerdict = 'go' | 'wait' | 'hold'

/** Whether the next call of a session may begin, as far as one budget is concerned. That call may cross the line; none after it may. */
export function budgetVerdict({ lease, spentUsd, inFlight, largestCallUsd, isHubNear }: LeaseState): BudgetVerdict {
  if (!isMoney(lease)) return lease.is_spent ? 'hold' : 'go'
  const remaining = remainingOf(lease, spentUsd)
  // What is left may be set aside for others. While the hub is away, no one else can say so.
  if (!lease.is_reserved && !lease.is_spent && isHubNear) return 'wait'
  if (remaining <= EPSILON_USD) return lease.is_spent || isWhole(lease) || !isHubNear ? 'hold' : 'wait'
  // Calls of others may cost what is left.
  return inFlight > 0 && remaining - inFlight * largestCallUsd <= EPSILON_USD ? 'wait' : 'go'
}

/** A budget is near its line from here on, in calls and as a share of the line: hooks ask before each call. */
const NEAR_CALLS = 20
const NEAR_SHARE = 0.25

export function isNear({ lease, spentUsd, largestCallUsd }: LeaseState, calls: number): boolean {
  if (!isMoney(lease)) return lease.is_spent
  const remaining = remainingOf(lease, spentUsd)
  // With few calls it is not known what one costs.
  return calls < NEAR_CALLS || remaining <= NEAR_CALLS * largestCallUsd || remaining <= NEAR_SHARE * lease.line
}
