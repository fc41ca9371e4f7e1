import { ESTIMATED } from './call.ts'
import type { MergeableCall } from './call-merge.ts'
import { QUARTER_HOUR_MS } from './slice.ts'

/*
 * The output of calls without a final record is estimated by a machine that knows the transcript alone, in records for each session, model
 * and quarter-hour. Telemetry finishes some of these calls, and their share is no estimate any more.
 */

/** The keys of what was estimated for a session begin with this. */
export function estimatePrefix(session: string): string {
  return `${ESTIMATED}:${session}:`
}

export function isEstimate({ source }: Pick<MergeableCall, 'source'>): boolean {
  return source === ESTIMATED
}

type Place = Pick<MergeableCall, 'session_id' | 'model' | 'at'>

/** How many calls of a place have no final rows, and how many of those telemetry has finished. */
export class UnfinishedCalls {
  readonly #counts = new Map<string, { all: number; finished: number }>()

  add(rows: Place, isFinished: boolean): void {
    const count = this.#counts.get(placeOf(rows)) ?? { all: 0, finished: 0 }
    this.#counts.set(placeOf(rows), count)
    count.all++
    if (isFinished) count.finished++
  }

  /** What is left of an estimate: the share of the calls that are not finished. @returns itself when none is */
  restOf<C extends MergeableCall>(estimate: C): C {
    const { all, finished } = this.#counts.get(placeOf(estimate)) ?? { all: 0, finished: 0 }
    return finished === 0 ? estimate : { ...estimate, output: Math.round((estimate.output * (all - finished)) / all) }
  }
}

function placeOf({ session_id = '', model, at }: Place): string {
  return `${Math.floor(new Date(at).getTime() / QUARTER_HOUR_MS)} ${session_id.length} ${session_id}${model}`
}
