import type { CollectorRecord } from '../store/collector.ts'
import { isConnected } from './current.ts'
import type { SnapshotVersion } from './snapshot-version.ts'

/**
 * Selects the collector for a trigger without a machine: connected before offline, running before paused; among these the
 * one of the newest snapshot, then those known to read the usage page, then those with newer snapshots, then the one seen
 * last.
 * @param heads the newest version of each machine and source @param collectors the one seen last first
 * @returns one that is offline only where none is connected; undefined where there is none
 */
export function selectTriggerTarget(
  heads: readonly SnapshotVersion[],
  collectors: readonly CollectorRecord[],
  now: number,
): CollectorRecord | undefined {
  const newestFirst = heads.toSorted((a, b) => b.at - a.at)
  const machineOfNewest = newestFirst.map(({ body }) => body.machine_id).find((id) => collectors.some(({ machine }) => machine === id))
  const ranked = collectors.map((collector) => {
    const { machine, health } = collector
    const own = newestFirst.filter(({ body }) => body.machine_id === machine)
    const readsPage = health?.state !== 'needs_login' && own.some(({ body }) => body.source === 'console')
    const rank = [
      isConnected(collector, now) ? 1 : 0,
      health?.state === 'paused' ? 0 : 1,
      machine === machineOfNewest ? 1 : 0,
      readsPage ? 1 : 0,
      own[0]?.at ?? Number.NEGATIVE_INFINITY,
    ]
    return { collector, rank }
  })
  // Sorting is stable: equal ranks keep the order of `collectors`.
  return ranked.sort((a, b) => compareRanks(b.rank, a.rank))[0]?.collector
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    if (value !== b[index]) return value < b[index]! ? -1 : 1
  }
  return 0
}
