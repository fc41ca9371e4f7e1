import { AUDIT_RETENTION_MS, MAX_AUDIT_ENTRIES, MAX_REFUSED_ENTRIES, refusedActions } from '../audit.ts'
import type { NewAuditEntry } from '../audit-entry.ts'
import type { Connection } from './connection.ts'

/** Adds an entry, inside a transaction. */
export function appendAudit(connection: Connection, { action, key_id, key_name, address, details }: NewAuditEntry, now: number): void {
  connection
    .prepare('INSERT INTO audit (at, action, key_id, key_name, address, details) VALUES (?, ?, ?, ?, ?, ?)')
    .run(now, action, key_id ?? null, key_name ?? null, address ?? null, JSON.stringify(details))
}

/** @returns rows removed */
export function sweepAudit(connection: Connection, now: number): number {
  const beyond = (condition: string, values: unknown[], most: number) =>
    connection
      .prepare(
        `DELETE FROM audit WHERE ${condition} AND audit_id <= (SELECT audit_id FROM audit WHERE ${condition} ORDER BY audit_id DESC LIMIT 1 OFFSET ?)`,
      )
      .run(...values, ...values, most).changes
  const isRefused = 'action IN (SELECT value FROM json_each(?))'
  const old = connection.prepare('DELETE FROM audit WHERE at < ?').run(now - AUDIT_RETENTION_MS).changes
  return old + beyond(isRefused, [JSON.stringify(refusedActions)], MAX_REFUSED_ENTRIES) + beyond('1', [], MAX_AUDIT_ENTRIES)
}
