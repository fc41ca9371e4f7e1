import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { type PlanWindow, SAME_RESET_MS, snapshotFromBody, windowKey, windowTime } from '@signalbox/usage/limit-snapshot'
import { coversWholePlan } from '@signalbox/usage/limit-winner'
import { DAY_MS, type LimitSample } from './day-hours.ts'

/** The key of a series, and its name for people. */
export interface WindowName {
  /** See `windowKey`. */
  readonly key: string
  readonly kind: PlanWindow['kind']
  readonly scope?: string | undefined
  readonly label: string
}

export interface WindowSample extends WindowName {
  /** Days since 1970, UTC. */
  readonly day: number
  readonly sample: LimitSample
}

/** The samples of a snapshot for the thinned series: one for each window with a percentage. */
export function samplesOf(snapshot: SnapshotBody): WindowSample[] {
  const captured = snapshotFromBody(snapshot, 0)
  return captured.windows.flatMap((window) => {
    const at = windowTime(window, captured)
    const { kind, scope, label, percentUsed: percent, resetsAt } = window
    if (percent === undefined) return []
    // A source without the whole plan may report a window that has reset since.
    if (!coversWholePlan(captured) && resetsAt !== undefined && resetsAt <= at - SAME_RESET_MS) return []
    return [{ key: windowKey(window), kind, scope, label, day: Math.floor(at / DAY_MS), sample: { at, percent, resetsAt } }]
  })
}
