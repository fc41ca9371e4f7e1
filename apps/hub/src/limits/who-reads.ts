import type { CollectorRecord } from '../store/store.ts'
import { isConnected } from './current.ts'
import type { KeptReading } from './kept-reading.ts'

/**
 * Whom to ask for a reading where nobody is named: one that is connected before one that is not, one that reads at all
 * before one whose sources are all off; of these the one of the newest reading, then those that are known to read the
 * usage page, then those with newer readings, then whoever was heard last.
 * @param heads the newest of each machine and source @param collectors whoever was heard last first
 * @returns one that is not connected only where none is; undefined when there is none at all
 */
export function whoReads(heads: readonly KeptReading[], collectors: readonly CollectorRecord[], now: number): CollectorRecord | undefined {
  const newestFirst = heads.toSorted((a, b) => b.at - a.at)
  const ofNewest = newestFirst.map(({ reading }) => reading.machine_id).find((id) => collectors.some(({ machine }) => machine === id))
  const ranked = collectors.map((collector) => {
    const { machine, health } = collector
    const own = newestFirst.filter(({ reading }) => reading.machine_id === machine)
    const readsPage = health?.state !== 'needs_login' && own.some(({ reading }) => reading.source === 'console')
    const rank = [
      isConnected(collector, now) ? 1 : 0,
      health?.state === 'paused' ? 0 : 1,
      machine === ofNewest ? 1 : 0,
      readsPage ? 1 : 0,
      own[0]?.at ?? Number.NEGATIVE_INFINITY,
    ]
    return { collector, rank }
  })
  // Sorting keeps the order of those that are alike.
  return ranked.sort((a, b) => comparedFromTheTop(b.rank, a.rank))[0]?.collector
}

function comparedFromTheTop(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    if (value !== b[index]) return value < b[index]! ? -1 : 1
  }
  return 0
}
