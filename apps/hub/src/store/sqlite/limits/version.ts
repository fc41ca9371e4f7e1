import type { SnapshotBody } from '@signalbox/contract/limit-snapshot'
import type { SnapshotVersion } from '../../../limits/snapshot-version.ts'
import { nextTurn } from '../../../next-turn.ts'
import type { LimitStore } from '../../limits.ts'
import type { Connection } from '../connection.ts'

type VersionRow = [id: string, account: string, at: number, receivedAt: number, body: string]
const columns = 'reading_id, account, at, received_at, body'
/** The rows of one read: other requests run between two reads. */
const PAGE_ROWS = 500

/** Reads versions: stored snapshots in the order of their instants. */
export function versionQueries(connection: Connection): Pick<LimitStore, 'heads' | 'version' | 'nearest' | 'versionOf' | 'snapshots'> {
  const one = (sql: string, ...values: unknown[]): SnapshotVersion | undefined => {
    const row = connection.read(() => connection.rows(`SELECT ${columns} FROM reading WHERE ${sql}`).get(...values)) as
      | VersionRow
      | undefined
    return row && versionOfRow(row)
  }
  return {
    async heads(accounts) {
      const sql = `SELECT ${columns.replace(/\w+/g, 'r.$&')} FROM reading_head h JOIN reading r ON r.reading_id = h.reading_id WHERE h.account = ?`
      const rows = connection.read(() => accounts.flatMap((account) => connection.rows(sql).all(account))) as VersionRow[]
      return rows.map(versionOfRow)
    },
    async version(accounts, version) {
      if (version < 1) return undefined
      return one(`account ${isIn(accounts)} ORDER BY at, reading_id LIMIT 1 OFFSET ?`, ...accounts, version - 1)
    },
    async nearest(accounts, at) {
      const before = one(`account ${isIn(accounts)} AND at <= ? ORDER BY at DESC LIMIT 1`, ...accounts, at)
      // Of several versions of one instant always the first by id, on either side of `at`.
      const earlier = before && one(`account ${isIn(accounts)} AND at = ? ORDER BY reading_id LIMIT 1`, ...accounts, before.at)
      const later = one(`account ${isIn(accounts)} AND at > ? ORDER BY at, reading_id LIMIT 1`, ...accounts, at)
      if (earlier === undefined || later === undefined) return earlier ?? later
      return at - earlier.at <= later.at - at ? earlier : later
    },
    async versionOf(accounts, { at, id }) {
      const sql = `SELECT count(*) FROM reading WHERE account ${isIn(accounts)} AND (at, reading_id) <= (?, ?)`
      return (connection.read(() => connection.rows(sql).get(...accounts, at, id)) as [number])[0]
    },
    async *snapshots({ accounts, from = -Number.MAX_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = {}) {
      const of = accounts === undefined ? '' : ` AND account ${isIn(accounts)}`
      const sql = `SELECT ${columns} FROM reading WHERE (at, reading_id) > (?, ?) AND at <= ?${of} ORDER BY at, reading_id LIMIT ${PAGE_ROWS}`
      let after: [number, string] = [from, '']
      for (;;) {
        const rows = connection.read(() => connection.rows(sql).all(...after, to, ...(accounts ?? []))) as VersionRow[]
        if (rows.length > 0) yield rows.map(versionOfRow)
        if (rows.length < PAGE_ROWS) return
        const [id, , at] = rows.at(-1)!
        after = [at, id]
        await nextTurn()
      }
    },
  }
}

function versionOfRow([id, account, at, receivedAt, body]: VersionRow): SnapshotVersion {
  return { id, account, at, receivedAt, body: JSON.parse(body) as SnapshotBody }
}

/** The right side of a condition on a column that holds one of these names. */
export function isIn(names: readonly string[]): string {
  return names.length === 1 ? '= ?' : `IN (${names.map(() => '?').join(', ')})`
}
