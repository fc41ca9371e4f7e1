import type { LimitReading } from '@signalbox/contract/limits'
import { type PlanWindow, SAME_RESET_MS, snapshotOf, windowKey } from '@signalbox/usage/limit-snapshot'
import { DAY_MS, type LimitSample } from './day-hours.ts'

/** What tells one series from another, and how people read it. */
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

/** What a reading adds to the thinned series: one sample for each window it has a percentage of. */
export function samplesOf(reading: LimitReading): WindowSample[] {
  const { capturedAt: at, source, windows } = snapshotOf(reading, 0)
  return windows.flatMap((window) => {
    const { kind, scope, label, percentUsed: percent, resetsAt } = window
    if (percent === undefined) return []
    // A status line's session may have been told of a window that is over by now.
    if (source === 'statusline' && resetsAt !== undefined && resetsAt <= at - SAME_RESET_MS) return []
    return [{ key: windowKey(window), kind, scope, label, day: Math.floor(at / DAY_MS), sample: { at, percent, resetsAt } }]
  })
}
