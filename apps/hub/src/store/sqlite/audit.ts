import type { AuditAction, AuditEntry } from '@signalbox/contract/audit'
import type { AuditStore } from '../audit.ts'
import { appendAudit } from './audit-log.ts'
import type { Connection } from './connection.ts'
import type { Writer } from './writer.ts'

type AuditRow = [
  id: number,
  at: number,
  action: AuditAction,
  key_id: string | null,
  key_name: string | null,
  address: string | null,
  details: string,
]

export function auditStore(connection: Connection, writer: Writer): AuditStore {
  return {
    append(entry, change) {
      return writer.write(change, ({ now }) => appendAudit(connection, entry, now))
    },
    async page({ actions, before = Number.MAX_SAFE_INTEGER, limit }) {
      const sql = `SELECT audit_id, at, action, key_id, key_name, address, details FROM audit WHERE audit_id < ?
        AND (? IS NULL OR action IN (SELECT value FROM json_each(?))) ORDER BY audit_id DESC LIMIT ?`
      const filter = actions === undefined ? null : JSON.stringify(actions)
      return connection.read(() => (connection.rows(sql).all(before, filter, filter, limit) as AuditRow[]).map(entryOf))
    },
  }
}

function entryOf([id, at, action, key_id, key_name, address, details]: AuditRow): AuditEntry {
  return {
    id,
    at: new Date(at).toISOString(),
    action,
    ...(key_id === null ? {} : { key_id }),
    ...(key_name === null ? {} : { key_name }),
    ...(address === null ? {} : { address }),
    details: JSON.parse(details) as Record<string, unknown>,
  }
}
