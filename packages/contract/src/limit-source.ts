// No schema library here: a collector that idles all day needs these words and no schema, and the library is 20 MB of it.

/** Where plan limits are read. */
export const limitSources = ['claude-json', 'statusline', 'console'] as const
export type LimitSource = (typeof limitSources)[number]

/** Windows of a plan in one reading; tomorrow's new rows need no new code, but there is an end to everything. */
export const MAX_WINDOWS = 50

/** Milliseconds for which the hub keeps a collector's question open. */
export const COLLECTOR_WAIT_MS = 20_000
