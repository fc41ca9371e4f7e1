import { DAY_MS } from '../../../limits/day-hours.ts'
import { THINNED_SERIES_RETENTION_DAYS } from '../../limit-day.ts'
import type { LimitStore } from '../../limits.ts'
import type { Connection } from '../connection.ts'
import { textId } from '../text-id.ts'
import type { SnapshotCollection, SnapshotDocument } from './snapshot.ts'
import { inAccounts, newestFirst, oldestFirst, oneVersion, type SnapshotFilter, upTo } from './version.ts'

const MAX_REMOVED_VERSIONS = 1000

export function retainVersions(connection: Connection, rows: SnapshotCollection): LimitStore['retain'] {
  const { snapshots, days } = rows
  return async (account, keep, now) => {
    const found = await connection.read(async () => {
      const newest = await oneVersion(snapshots, inAccounts([account]), newestFirst)
      if (newest === undefined) return undefined
      const base = Math.min(now, newest.at)
      const oldDays = { account: textId(account), day: { $lt: Math.floor(base / DAY_MS) - THINNED_SERIES_RETENTION_DAYS } }
      const hasOldDays = (await days.findOne(oldDays, { projection: { _id: 1 } })) !== null
      return { oldDays, hasOldDays, removable: await removableVersions(rows, account, keep.versions, base - keep.days * DAY_MS) }
    })
    if (found === undefined || (!found.hasOldDays && found.removable.length === 0)) return []
    const { oldDays, hasOldDays, removable } = found
    return connection.write(async () => {
      if (hasOldDays) await days.deleteMany(oldDays)
      if (removable.length === 0) return []
      const ids = new Set(removable.map(({ _id }) => _id))
      const { deletedCount } = await snapshots.deleteMany({ _id: { $in: [...ids] } })
      if (deletedCount > 0) {
        await rows.change(account, (state) => ({
          ...state,
          cleanedAt: now,
          heads: state.heads.filter(({ document }) => !ids.has(document)),
        }))
      }
      return removable.map(({ reading_id: id, at }) => ({ id, account, at }))
    })
  }
}

/** The versions that exceed the number and the age to keep, and are finished and published. */
async function removableVersions(
  { snapshots }: SnapshotCollection,
  account: string,
  keep: number,
  cutoff: number,
): Promise<SnapshotDocument[]> {
  // Concurrent removals of older versions do not change this one.
  const first = await oneVersion(snapshots, inAccounts([account]), newestFirst, keep)
  if (first === undefined) return []
  if ((await oneVersion(snapshots, { ...inAccounts([account]), at: { $lt: cutoff } }, oldestFirst)) === undefined) return []
  const filter = { ...upTo([account], first), at: { $lt: cutoff }, unfinished: { $exists: false }, has_untold: { $exists: false } }
  return snapshots.find(filter as SnapshotFilter, { sort: oldestFirst, limit: MAX_REMOVED_VERSIONS }).toArray()
}
