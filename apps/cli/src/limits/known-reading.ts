import type { Ledger } from '@signalbox/ledger'
import type { BlockWindow } from '@signalbox/usage/block'
import { freshSession, measuredWindow } from '@signalbox/usage/fresh-session'
import { type MergedReading, mergedReading, ofOnePlan } from '@signalbox/usage/limit-merge'

/** What the readings of this machine say together, merged as the hub merges them. @throws LedgerError */
export function knownReading(ledger: Ledger): MergedReading | undefined {
  return mergedReading(ofOnePlan(ledger.readings.newest()))?.reading
}

/** The window of the plan that is open now, as far as they tell it and are fresh. @throws LedgerError */
export function knownWindow(ledger: Ledger, now: number): BlockWindow | undefined {
  const reading = knownReading(ledger)
  return reading && measuredWindow(freshSession(reading, now) ?? {})
}
