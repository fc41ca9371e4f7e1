import type { Collection, Filter } from 'mongodb'
import type { SnapshotVersion } from '../../../limits/snapshot-version.ts'
import type { LimitStore } from '../../limits.ts'
import type { Connection } from '../connection.ts'
import { textId } from '../text-id.ts'
import { type SnapshotCollection, type SnapshotDocument, snapshotVersion, stateOf } from './snapshot.ts'

export type SnapshotFilter = Filter<SnapshotDocument>

const PAGE_ROWS = 500
export const oldestFirst = { at: 1, reading_id: 1 } as const
export const newestFirst = { at: -1, reading_id: -1 } as const
type Order = typeof oldestFirst | typeof newestFirst | { at: -1; reading_id: 1 }

/** Reads versions: stored snapshots in the order of their instants. */
export function versionQueries(
  connection: Connection,
  { snapshots, accounts }: SnapshotCollection,
): Pick<LimitStore, 'heads' | 'version' | 'nearest' | 'versionOf' | 'snapshots'> {
  return {
    heads(names) {
      return connection.read(async () => {
        const found = await accounts.find({ _id: { $in: names.map(textId) } }).toArray()
        const ids = found.flatMap((document) => stateOf(document).heads.map((head) => head.document))
        return (await snapshots.find({ _id: { $in: ids } }).toArray()).map(snapshotVersion)
      })
    },
    version(names, version) {
      return connection.read(async () => (version < 1 ? undefined : oneVersion(snapshots, inAccounts(names), oldestFirst, version - 1)))
    },
    nearest(names, at) {
      return connection.read(async () => {
        const [earlier, later] = await Promise.all([
          // Of several versions of one instant always the first by id, on either side of `at`.
          oneVersion(snapshots, { ...inAccounts(names), at: { $lte: at } }, { at: -1, reading_id: 1 }),
          oneVersion(snapshots, { ...inAccounts(names), at: { $gt: at } }, oldestFirst),
        ])
        if (earlier === undefined || later === undefined) return earlier ?? later
        return at - earlier.at <= later.at - at ? earlier : later
      })
    },
    versionOf(names, snapshot) {
      return connection.read(() => snapshots.countDocuments(upTo(names, snapshot)))
    },
    async *snapshots({ accounts: names, from = -Number.MAX_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = {}) {
      let after: SnapshotFilter = { at: { $gte: from } }
      for (;;) {
        const filter = { $and: [after, { at: { $lte: to } }, ...(names === undefined ? [] : [inAccounts(names)])] } as SnapshotFilter
        const found = await connection.read(() => snapshots.find(filter, { sort: oldestFirst, limit: PAGE_ROWS }).toArray())
        if (found.length > 0) yield found.map(snapshotVersion)
        if (found.length < PAGE_ROWS) return
        const { at, reading_id: id } = found.at(-1)!
        after = { $or: [{ at: { $gt: at } }, { at, reading_id: { $gt: id } }] }
      }
    },
  }
}

export function inAccounts(names: readonly string[]): SnapshotFilter {
  return names.length === 1 ? { account: textId(names[0]!) } : { account: { $in: names.map(textId) } }
}

/** The versions up to one, itself included. */
export function upTo(names: readonly string[], { at, id }: Pick<SnapshotVersion, 'at' | 'id'>): SnapshotFilter {
  return { ...inAccounts(names), $or: [{ at: { $lt: at } }, { at, reading_id: { $lte: id } }] }
}

export async function oneVersion(
  snapshots: Collection<SnapshotDocument>,
  filter: SnapshotFilter,
  sort: Order,
  skip = 0,
): Promise<SnapshotVersion | undefined> {
  const [found] = await snapshots.find(filter, { sort, skip, limit: 1 }).toArray()
  return found && snapshotVersion(found)
}

/** The number of a version within its account; 1 is the oldest. */
export function numberOf(snapshots: Collection<SnapshotDocument>, { account, at, id }: SnapshotVersion): Promise<number> {
  return snapshots.countDocuments(upTo([account], { at, id }))
}
