import type { Ledger } from '@signalbox/ledger'
import type { BlockWindow } from '@signalbox/usage/block'
import { freshSession, measuredWindow } from '@signalbox/usage/fresh-session'
import { knownReading } from './known-reading.ts'

/** The window of the plan that is open now, as far as a fresh reading of this machine tells it. @throws LedgerError */
export function openWindow(ledger: Ledger, now: number): BlockWindow | undefined {
  const reading = knownReading(ledger)
  return reading && measuredWindow(freshSession(reading, now) ?? {})
}
