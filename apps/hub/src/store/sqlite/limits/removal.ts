import { deletionOf } from '../../deletion.ts'
import type { LimitRemovalStore, SnapshotSelection } from '../../limit-removal.ts'
import type { Connection } from '../connection.ts'
import { addDeletion } from '../deletion.ts'
import type { Writer } from '../writer.ts'

/** Snapshots that one commit removes or moves. */
const BATCH = 500

export function limitRemoval(connection: Connection, writer: Writer): LimitRemovalStore {
  const whereOf = (selection: SnapshotSelection) =>
    'account' in selection
      ? { sql: 'account = ?', value: selection.account }
      : { sql: "json_extract(body, '$.machine_id') = ?", value: selection.machine }
  return {
    async countSnapshots(selection) {
      const { sql, value } = whereOf(selection)
      return connection.read(() => connection.prepare(`SELECT count(*) FROM reading WHERE ${sql}`).pluck().get(value) as number)
    },
    async deleteSnapshots(selection, { now }) {
      await writer.write({ now }, () => addDeletion(connection, deletionOf(selection, now)))
      const { sql, value } = whereOf(selection)
      const removed: { id: string; account: string; at: number }[] = []
      for (;;) {
        const some = await writer.write({ now }, () => {
          const rows = connection
            .prepare(
              `DELETE FROM reading WHERE reading_id IN (SELECT reading_id FROM reading WHERE ${sql} LIMIT ${BATCH})
                RETURNING reading_id AS id, account, at`,
            )
            .all(value) as typeof removed
          const lost = connection.prepare('UPDATE limit_account SET versions = versions - 1, cleaned_at = ? WHERE account = ?')
          for (const { account } of rows) lost.run(now, account)
          connection
            .prepare('DELETE FROM reading_head WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.reading_id = reading_head.reading_id)')
            .run()
          if (rows.length === 0 && 'account' in selection) {
            for (const table of ['limit_day', 'limit_window', 'limit_account']) {
              connection.prepare(`DELETE FROM ${table} WHERE account = ?`).run(value)
            }
            connection.prepare('UPDATE collector SET account = NULL, account_at = NULL WHERE account = ?').run(value)
          }
          return rows
        })
        if (some.length === 0) return removed
        removed.push(...some)
      }
    },
    async moveSnapshots(from, to, { now }) {
      let moved = 0
      for (;;) {
        const some = await writer.write({ now }, () => {
          const { changes } = connection
            .prepare(
              `UPDATE reading SET body = json_set(body, '$.machine_id', ?) WHERE reading_id IN
                (SELECT reading_id FROM reading WHERE json_extract(body, '$.machine_id') = ? LIMIT ${BATCH})`,
            )
            .run(to, from)
          connection
            .prepare(
              `INSERT INTO reading_head (account, machine_id, source, at, reading_id)
                SELECT account, ?, source, at, reading_id FROM reading_head WHERE machine_id = ?
                ON CONFLICT DO UPDATE SET at = excluded.at, reading_id = excluded.reading_id
                WHERE (excluded.at, excluded.reading_id) > (at, reading_id)`,
            )
            .run(to, from)
          connection.prepare('DELETE FROM reading_head WHERE machine_id = ?').run(from)
          return changes
        })
        if (some === 0) return moved
        moved += some
      }
    },
    removeCollector(machine, change) {
      return writer.write(change, () => {
        connection.prepare('DELETE FROM limit_trigger WHERE machine_id = ?').run(machine)
        return connection.prepare('DELETE FROM collector WHERE machine_id = ?').run(machine).changes > 0
      })
    },
  }
}
