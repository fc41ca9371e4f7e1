import { type AuditStore, toAuditEntry } from '../audit.ts'
import { type AuditRow, appendAudit, auditEntryOf } from './audit-log.ts'
import type { Connection } from './connection.ts'
import type { Writer } from './writer.ts'

export function auditStore(connection: Connection, writer: Writer): AuditStore {
  return {
    append(entry, change) {
      return writer.write(change, ({ now }) => appendAudit(connection, entry, now))
    },
    async page({ actions, before = Number.MAX_SAFE_INTEGER, limit }) {
      const sql = `SELECT audit_id AS id, at, action, key_id, key_name, address, details FROM audit WHERE audit_id < ?
        AND (? IS NULL OR action IN (SELECT value FROM json_each(?))) ORDER BY audit_id DESC LIMIT ?`
      const filter = actions === undefined ? null : JSON.stringify(actions)
      return connection.read(() =>
        (connection.prepare(sql).all(before, filter, filter, limit) as AuditRow[]).map((row) => toAuditEntry(auditEntryOf(row))),
      )
    },
  }
}
