import type { Ledger } from '@signalbox/ledger'
import type { BlockWindow } from '@signalbox/usage/block'
import { freshSession, measuredWindow } from '@signalbox/usage/fresh-session'
import { groupByAccount } from '@signalbox/usage/limit-accounts'
import { currentLimitsOf, type MergedLimits } from '@signalbox/usage/limit-merge'

/**
 * The current limits of each account in use on this machine, or of one account, by its snapshots; merged as on the hub.
 * @throws LedgerError
 */
export function readLocalLimits(ledger: Ledger, account?: string): MergedLimits[] {
  return groupByAccount(ledger.snapshots.newest(), account).flatMap((snapshots) => currentLimitsOf(snapshots)?.limits ?? [])
}

/** The current five-hour window of the plan, when a fresh snapshot has it and one plan is in use. @throws LedgerError */
export function readSessionWindow(ledger: Ledger, now: number): BlockWindow | undefined {
  const [limits, other] = readLocalLimits(ledger)
  return limits && other === undefined ? measuredWindow(freshSession(limits, now) ?? {}) : undefined
}
