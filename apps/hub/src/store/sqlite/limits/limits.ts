import { accountNamed } from '../../../limits/account-named.ts'
import type { WindowName } from '../../../limits/window-samples.ts'
import { requireNotDeleted } from '../../deletion.ts'
import type { LimitDay } from '../../limit-day.ts'
import type { StorageMetadata } from '../../limit-version.ts'
import type { LimitStore } from '../../limits.ts'
import type { Connection } from '../connection.ts'
import { storedDeletions } from '../deletion.ts'
import type { Writer } from '../writer.ts'
import { collectorRecords, disconnectCollector, recordCollector } from './collector.ts'
import { limitRemoval } from './removal.ts'
import { retainVersions } from './retention.ts'
import { putSnapshot } from './snapshot.ts'
import { endTrigger, triggerQueries } from './trigger.ts'
import { isIn, versionQueries } from './version.ts'

export function limitStore(connection: Connection, writer: Writer): LimitStore {
  return {
    put(snapshot, change) {
      return writer.write(change, (transaction) => {
        requireNotDeleted(storedDeletions(connection), snapshot)
        return putSnapshot(connection, snapshot, transaction)
      })
    },
    async accounts() {
      const rows = connection.read(() =>
        connection
          .rows(
            `SELECT account, name, first_at, versions, created,
              (SELECT min(at) FROM reading r WHERE r.account = a.account) AS oldest,
              (SELECT max(at) FROM reading r WHERE r.account = a.account) AS newest
            FROM limit_account a ORDER BY newest DESC NULLS LAST, account`,
          )
          .all(),
      ) as [string, string | null, number | null, number, number, number | null, number | null][]
      return rows.map(([account, name, firstAt, versions, created, oldest, newest]) => ({
        account,
        name: name ?? undefined,
        firstAt: firstAt ?? undefined,
        versions,
        created,
        oldestAt: oldest ?? undefined,
        newestAt: newest ?? undefined,
      }))
    },
    nameAccount(account, name, change) {
      return writer.write(change, ({ now, publish }) => {
        const known = connection.prepare('SELECT name FROM limit_account WHERE account = ?').get(account) as
          | { name: string | null }
          | undefined
        if (known === undefined || (known.name ?? undefined) === name) return known !== undefined
        connection.prepare('UPDATE limit_account SET name = ?, named_at = ? WHERE account = ?').run(name ?? null, now, account)
        publish(accountNamed(account, name))
        return true
      })
    },
    ...versionQueries(connection),
    async days({ accounts, from, to }) {
      // In the order of the index: sorting by window too would copy all rows once more.
      const sql = 'SELECT account, window, day, hours FROM limit_day WHERE account = ? AND day BETWEEN ? AND ? ORDER BY day'
      const rows = connection.read(() => accounts.flatMap((account) => connection.prepare(sql).all(account, from, to)))
      return rows as LimitDay[]
    },
    async windows(accounts) {
      const sql = `SELECT window AS key, kind, scope, label FROM limit_window WHERE account ${isIn(accounts)} ORDER BY at`
      const rows = connection.read(() => connection.prepare(sql).all(...accounts)) as (Omit<WindowName, 'scope'> & {
        scope: string | null
      })[]
      return rows.map(({ scope, ...name }) => ({ ...name, ...(scope === null ? {} : { scope }) }))
    },
    retain: retainVersions(connection, writer),
    ...limitRemoval(connection, writer),
    async metadata() {
      return connection.read(() => metadataOf(connection))
    },
    recordCollector(report, change) {
      return writer.write(change, (transaction) => {
        const { machine, account, health, asking, ended = [] } = report
        recordCollector(connection, { machine, account, health, asking }, transaction)
        for (const { id, step, message } of ended) endTrigger(connection, transaction, id, machine, step, message)
      })
    },
    disconnectCollector(machine, asking) {
      return writer.write({ now: 0 }, () => disconnectCollector(connection, machine, asking))
    },
    async collectors() {
      return connection.read(() => collectorRecords(connection))
    },
    ...triggerQueries(connection, writer),
  }
}

function metadataOf(connection: Connection): StorageMetadata {
  const [versions, created, cleaned] = connection
    .rows('SELECT coalesce(sum(versions), 0), coalesce(sum(created), 0), max(cleaned_at) FROM limit_account')
    .get() as [number, number, number | null]
  const [oldest] = connection.rows('SELECT min(at) FROM reading').get() as [number | null]
  const [newest] = connection.rows('SELECT max(at) FROM reading').get() as [number | null]
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    versionCount: versions,
    oldestTimestamp: instant(oldest),
    newestTimestamp: instant(newest),
    lastCleanup: instant(cleaned),
    totalVersionsCreated: created,
    totalVersionsDeleted: created - versions,
  }
}
