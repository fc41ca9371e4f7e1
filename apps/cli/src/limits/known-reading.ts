import type { Ledger } from '@signalbox/ledger'
import { type MergedReading, mergedReading, ofOnePlan } from '@signalbox/usage/limit-merge'

/** What the readings of this machine say together, merged as the hub merges them. @throws LedgerError */
export function knownReading(ledger: Ledger): MergedReading | undefined {
  return mergedReading(ofOnePlan(ledger.readings.newest()))?.reading
}
