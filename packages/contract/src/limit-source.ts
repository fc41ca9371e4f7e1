// This file imports no schema library: an idle collector needs these constants only, and the library costs 20 MB of memory.

interface LimitSourceTraits {
  /** Whether each snapshot has all windows of the plan as they are now. Otherwise it has some, and a value may be an old one. */
  readonly coversWholePlan: boolean
}

/** The sources that plan limits are read from, in the order in which they are listed. */
export const limitSourceTraits = {
  'claude-json': { coversWholePlan: true },
  // The 5-hour and the weekly limit, with the values of its session's last response.
  statusline: { coversWholePlan: false },
  console: { coversWholePlan: true },
} as const satisfies Record<string, LimitSourceTraits>
export type LimitSource = keyof typeof limitSourceTraits
export const limitSources = Object.keys(limitSourceTraits) as LimitSource[]

/** The most windows in one snapshot. New kinds of windows need no new code, so their number has a bound. */
export const MAX_WINDOWS = 50

/** How long the hub holds a collector's long poll open, in milliseconds. */
export const COLLECTOR_WAIT_MS = 20_000

/** When a collector asks again where the hub cannot hold a request open, in milliseconds; within `COLLECTOR_CONNECTED_MS`. */
export const ASK_AGAIN_MS = 30_000
/** No hub may keep a collector from asking for longer. */
export const MAX_ASK_AGAIN_MS = 60_000
