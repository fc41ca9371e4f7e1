import { useAccounts } from '../hub/accounts.ts'
import type { CurrentLimits } from '../hub/answer.ts'
import { useHubNow } from '../hub/hub-clock.ts'
import { rowsOf, windowLabel } from '../hub/limit-row.ts'
import { useLimits } from '../hub/limits.ts'
import { t } from '../words/today.ts'

/** The window of a plan that matters most now. */
export interface LimitFact {
  readonly label: string
  readonly percent: number
  /** Milliseconds until its reset, where that is known. */
  readonly resetsInMs: number | undefined
  /** Of several accounts, whose it is. */
  readonly account: string | undefined
  /** When it was read, in milliseconds since 1970. */
  readonly readAt: number
}

/** The fullest window of all accounts in use; undefined where none is known, or all that is known is over. */
export function useLimitFact(): LimitFact | undefined {
  const now = useHubNow(30_000)
  const { current } = useLimits()
  const { data: accounts = [] } = useAccounts()
  const inUse = accounts.filter((one) => one.inUse && one.limits !== undefined)
  const plans: readonly CurrentLimits[] =
    inUse.length > 1 ? inUse.flatMap(({ limits }) => limits ?? []) : current === undefined ? [] : [current]
  return fullestOf(plans, now)
}

export function fullestOf(plans: readonly CurrentLimits[], now: number): LimitFact | undefined {
  let fullest: LimitFact | undefined
  for (const plan of plans) {
    for (const { label, percent, resetsAt, readAt, state } of rowsOf(plan, now)) {
      if (state !== 'known' || (fullest !== undefined && fullest.percent >= percent)) continue
      const account = plans.length > 1 ? (plan.accountName ?? plan.account) : undefined
      fullest = { label, percent, resetsInMs: resetsAt === undefined ? undefined : resetsAt - now, account, readAt }
    }
  }
  return fullest
}

/** Inside a sentence: `weekly limit for Fable`. */
export function limitName(label: string): string {
  return t.limitInSentence(windowLabel(label))
}
