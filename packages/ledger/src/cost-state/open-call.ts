import { readModelName } from '@signalbox/usage/model-name'
import type { PriceTable } from '@signalbox/usage/price-table'
import type { CallPlace } from '@signalbox/usage/session-check'
import { compareRun, isRecorded, type SessionCall } from './not-itemised.ts'
import { isWithin, type RecordedRun } from './recorded-runs.ts'

/** Where a call of a session is: in a recorded run, interrupted within one, or in none. */
export function placeOfCall(call: SessionCall, runs: readonly RecordedRun[]): CallPlace {
  if (!runs.some((run) => isWithin(run, call))) return 'killed'
  return isRecorded(call) ? 'recorded' : 'interrupted'
}

/**
 * Counts the calls without a final row whose output is not recorded either. When there are none, the calls and what is recorded beyond
 * them are the true sums of the session.
 */
export function countOpenCalls(calls: readonly SessionCall[], runs: readonly RecordedRun[], table: PriceTable): number {
  const unfinished = calls.filter((call) => call.unfinished === true)
  if (unfinished.length === 0) return 0
  const covered = runs.map((run) => {
    const models = compareRun(run, calls, table, run.line.at ?? 0).filter(({ coversOutput }) => coversOutput)
    return { run, ids: new Set(models.map(({ id }) => id)) }
  })
  const isCovered = (call: SessionCall) =>
    isRecorded(call) && covered.some(({ run, ids }) => isWithin(run, call) && ids.has(readModelName(call.model).id))
  return unfinished.filter((call) => !isCovered(call)).length
}
