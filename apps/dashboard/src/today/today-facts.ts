import type { FleetCounts } from '../sessions/fleet-counts.ts'

/** What may be said of the day; each fact fits the others. */
export interface TodayFacts {
  /** Whether something is said of sessions. */
  readonly sessions: boolean
  /** How many sessions the usage of today is of; undefined where the number would not fit the others. */
  readonly usedIn: number | undefined
  readonly usage: 'none' | 'none_yet' | 'some'
}

interface FactInput {
  readonly fleet: FleetCounts | undefined
  /** Calls and tokens of today. */
  readonly calls: number
  readonly tokens: number
  /** Sessions with usage today, by another answer of the hub; undefined until it is known. */
  readonly sessions: number | undefined
  /** The last call, in milliseconds since 1970. */
  readonly lastCallAt: number | undefined
  readonly now: number
}

/** A call this recent is one of something that runs, whatever is known of sessions. */
const RECENT_CALL_MS = 5 * 60_000

/**
 * Answers of the hub are of different moments, and not every program that makes calls reports its session: what would
 * contradict the rest is left out.
 */
export function toTodayFacts({ fleet, calls, tokens, sessions, lastCallAt, now }: FactInput): TodayFacts {
  const hasUsage = calls > 0 || tokens > 0
  const isRecent = lastCallAt !== undefined && now - lastCallAt < RECENT_CALL_MS
  const others = fleet === undefined ? 0 : fleet.paused + fleet.stalled + fleet.unseen + fleet.failed
  const active = fleet?.active ?? 0
  return {
    sessions: fleet !== undefined && (active > 0 || others > 0 || !isRecent),
    usedIn: hasUsage && sessions !== undefined && sessions > 0 && sessions >= active ? sessions : undefined,
    usage: hasUsage ? 'some' : active > 0 ? 'none_yet' : 'none',
  }
}
