// This file imports no schema library: an idle collector needs these constants only, and the library costs 20 MB of memory.

/** The sources that plan limits are read from, in the order in which they are listed. */
export const limitSources = ['claude-json', 'statusline', 'console'] as const
export type LimitSource = (typeof limitSources)[number]

/** The most windows in one snapshot. New kinds of windows need no new code, so their number has a bound. */
export const MAX_WINDOWS = 50

/** How long the hub holds a collector's long poll open, in milliseconds. */
export const COLLECTOR_WAIT_MS = 20_000
