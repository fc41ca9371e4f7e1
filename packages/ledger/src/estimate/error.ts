import { MIN_KNOWN_ANSWERS, measureEstimateError, SHIPPED_ERROR } from '@signalbox/usage/output-estimate'
import { randomFrom } from '@signalbox/usage/random'
import type { LedgerStore } from '../store/ledger-store.ts'

/** How far estimates are off. */
export interface EstimateQuality {
  /** The user's own finished calls that it was measured on; 0 where they are too few, and it is that of the shipped rates. */
  readonly answers: number
  /** The error that nine of ten sums of a hundred calls stay within, as a share. */
  readonly p90: number
}

/** More would take longer, and say the same. */
const MAX_ANSWERS = 600
const CALLS = 100
const ROUNDS = 200

/** The error is measured again after this time: measuring takes longer than all the rest of a report. */
const MAX_AGE_MS = 86_400_000

interface StoredQuality extends EstimateQuality {
  /** When it was measured, in milliseconds since 1970. */
  readonly at: number
}

/** How far estimates are off, as measured within the last day. @param now milliseconds since 1970 */
export function readQuality(store: LedgerStore, now: number): EstimateQuality {
  const text = store.meta.get('estimate_quality')
  const stored = text === undefined ? undefined : (JSON.parse(text) as StoredQuality)
  if (stored !== undefined && Math.abs(now - stored.at) < MAX_AGE_MS) return { answers: stored.answers, p90: stored.p90 }
  const measured = measureQuality(store)
  // With too few answers it takes no time, and soon there may be enough.
  if (measured.answers > 0) store.transact(() => store.meta.set('estimate_quality', JSON.stringify({ at: now, ...measured })))
  return measured
}

export function measureQuality(store: LedgerStore): EstimateQuality {
  const known = store.answers.known()
  if (known.length < MIN_KNOWN_ANSWERS) return { answers: 0, p90: SHIPPED_ERROR }
  const random = randomFrom(1)
  const some = known.length <= MAX_ANSWERS ? known : random.shuffle(known).slice(0, MAX_ANSWERS)
  return { answers: some.length, p90: measureEstimateError(some, random, CALLS, ROUNDS).p90 }
}
