import type { Ledger } from '@signalbox/ledger'
import type { BlockWindow } from '@signalbox/usage/block'
import { freshSession, measuredWindow } from '@signalbox/usage/fresh-session'
import { groupByAccount } from '@signalbox/usage/limit-accounts'
import { currentLimitsOf, type MergedLimits } from '@signalbox/usage/limit-merge'

export interface LocalPlan {
  readonly limits: MergedLimits
  /** The accounts that its snapshots name; `''` where one names none. */
  readonly accounts: readonly string[]
}

/**
 * The current limits of each account in use on this machine, or of one account, by its snapshots; merged as on the hub.
 * @throws LedgerError
 */
export function readLocalPlans(ledger: Ledger, account?: string): LocalPlan[] {
  return groupByAccount(ledger.snapshots.newest(), account).flatMap((snapshots) => {
    const current = currentLimitsOf(snapshots)
    const accounts = [...new Set(snapshots.map(({ account = '' }) => account))]
    return current === undefined ? [] : [{ limits: current.limits, accounts }]
  })
}

/** The current five-hour window of the plan, when a fresh snapshot has it and one plan is in use. @throws LedgerError */
export function readSessionWindow(ledger: Ledger, now: number): BlockWindow | undefined {
  const [plan, other] = readLocalPlans(ledger)
  return plan && other === undefined ? measuredWindow(freshSession(plan.limits, now) ?? {}) : undefined
}
