import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import { requireNotDeleted } from '../../deletion.ts'
import type { LimitAccount } from '../../limit-version.ts'
import type { LimitStore } from '../../limits.ts'
import type { AuditLog } from '../audit.ts'
import type { Connection } from '../connection.ts'
import type { IdempotencyRecords } from '../core/idempotency.ts'
import { storedDeletions } from '../deletion.ts'
import { textId, textOf } from '../text-id.ts'
import type { Collectors } from './collector.ts'
import { putSnapshot } from './put-snapshot.ts'
import { limitRemoval } from './removal.ts'
import { retainVersions } from './retention.ts'
import { type AccountState, hoursOf, type SnapshotCollection, stateOf } from './snapshot.ts'
import type { Triggers } from './trigger.ts'
import { inAccounts, newestFirst, oldestFirst, type SnapshotFilter, versionQueries } from './version.ts'

export interface LimitParts {
  readonly connection: Connection
  readonly idempotency: IdempotencyRecords
  readonly audit: AuditLog
  readonly snapshots: SnapshotCollection
  readonly collectors: Collectors
  readonly triggers: Triggers
}

const DAY_BATCH = 2_000

export function limitStore({ connection, idempotency, audit, snapshots: rows, collectors, triggers }: LimitParts): LimitStore {
  const { snapshots, days, accounts } = rows
  const storeUnlessDeleted = async (snapshot: SnapshotBody, now: number) => {
    requireNotDeleted(await storedDeletions(connection), snapshot)
    return putSnapshot(rows, collectors, snapshot, now)
  }
  return {
    put(snapshot, change) {
      return connection.write(() => idempotency.run(change, () => storeUnlessDeleted(snapshot, change.now)))
    },
    accounts() {
      return connection.read(async () => {
        const found = await accounts.find().toArray()
        const all = await Promise.all(found.map((document) => readAccount(rows, textOf(document._id), stateOf(document))))
        const newest = ({ newestAt = Number.NEGATIVE_INFINITY }: LimitAccount) => newestAt
        return all.sort((a, b) => (newest(a) === newest(b) ? (a.account < b.account ? -1 : 1) : newest(b) - newest(a)))
      })
    },
    nameAccount(account, name, change) {
      return connection.write(() => audit.record(change, () => rows.nameAccount(account, name, change)))
    },
    ...versionQueries(connection, rows),
    days({ accounts: names, from, to }) {
      return connection.read(async () => {
        const filter = { account: { $in: names.map(textId) }, day: { $gte: from, $lte: to } }
        const found = await days.find(filter, { sort: { day: 1 }, batchSize: DAY_BATCH }).toArray()
        return found.map((document) => ({
          account: textOf(document.account),
          window: textOf(document.window),
          day: document.day,
          hours: hoursOf(document),
        }))
      })
    },
    windows(names) {
      return connection.read(async () => {
        const found = await accounts.find({ _id: { $in: names.map(textId) } }).toArray()
        const all = found.flatMap((document) => stateOf(document).windows).sort((a, b) => a.at - b.at)
        return all.map(({ at: _, ...name }) => name)
      })
    },
    retain: retainVersions(connection, rows),
    ...limitRemoval(connection, rows, collectors, triggers),
    metadata() {
      return connection.read(async () => {
        const states = (await accounts.find().toArray()).map(stateOf)
        const [versionCount, oldest, newest] = await Promise.all([
          snapshots.countDocuments({ unfinished: { $exists: false } } as SnapshotFilter),
          snapshots.findOne({}, { sort: oldestFirst, projection: { at: 1 } }),
          snapshots.findOne({}, { sort: newestFirst, projection: { at: 1 } }),
        ])
        const created = states.reduce((sum, state) => sum + state.created, 0)
        const cleaned = Math.max(...states.map(({ cleanedAt = Number.NEGATIVE_INFINITY }) => cleanedAt))
        const instant = (ms: number | undefined) => (ms === undefined || !Number.isFinite(ms) ? null : new Date(ms).toISOString())
        return {
          versionCount,
          oldestTimestamp: instant(oldest?.at),
          newestTimestamp: instant(newest?.at),
          lastCleanup: instant(cleaned),
          totalVersionsCreated: created,
          totalVersionsDeleted: Math.max(0, created - versionCount),
        }
      })
    },
    recordCollector({ machine, account, health, asking, ended = [] }, change) {
      return connection.write(() =>
        idempotency.run(change, async () => {
          await collectors.record({ machine, account, health, asking }, change.now)
          for (const { id, step, message } of ended) await triggers.end(id, machine, step, message, change.now)
        }),
      )
    },
    disconnectCollector(machine, asking) {
      return connection.write(() => collectors.disconnect(machine, asking))
    },
    collectors() {
      return connection.read(() => collectors.all())
    },
    requestTrigger(id, machine, change) {
      return connection.write(() => idempotency.run(change, () => triggers.request(id, machine, change.now)))
    },
    async takeTrigger(machine, now) {
      // Most calls find nothing, and need no write.
      if (!(await connection.read(() => triggers.isRequested(machine, now)))) return undefined
      return connection.write(() => triggers.take(machine, now))
    },
    async expireTriggers(now) {
      return (await connection.read(() => triggers.anyExpired(now))) ? connection.write(() => triggers.expire(now)) : 0
    },
  }
}

async function readAccount(
  { snapshots }: SnapshotCollection,
  account: string,
  { name, firstAt, created }: AccountState,
): Promise<LimitAccount> {
  const filter = inAccounts([account])
  const [versions, oldest, newest] = await Promise.all([
    snapshots.countDocuments(filter),
    snapshots.findOne(filter, { sort: oldestFirst, projection: { at: 1 } }),
    snapshots.findOne(filter, { sort: newestFirst, projection: { at: 1 } }),
  ])
  return { account, name, firstAt, versions, created, oldestAt: oldest?.at, newestAt: newest?.at }
}
