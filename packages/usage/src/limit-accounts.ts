import type { LimitSnapshot } from './limit-snapshot.ts'

/** An account whose newest snapshot is so much older than the newest of all is not in use any more. In milliseconds. */
const REPLACED_AFTER_MS = 5 * 3_600_000

/**
 * The snapshots of one machine by account: of each account in use, in the order of their ids, so that several do not change
 * places with every snapshot. While the snapshots name at most one account, those without an account belong to it as well.
 * @param only the id of an account, in use or not @returns no group of an account that has no snapshot
 */
export function groupByAccount(snapshots: readonly LimitSnapshot[], only?: string): LimitSnapshot[][] {
  const names = new Set(snapshots.flatMap(({ account }) => account ?? []))
  if (names.size <= 1) return snapshots.length === 0 || (only !== undefined && !names.has(only)) ? [] : [[...snapshots]]
  const newest = Math.max(...snapshots.map(({ capturedAt }) => capturedAt))
  return [...names]
    .sort()
    .map((name) => snapshots.filter(({ account }) => account === name))
    .filter((group) =>
      only === undefined ? group.some(({ capturedAt }) => newest - capturedAt <= REPLACED_AFTER_MS) : group[0]?.account === only,
    )
}
