import type { AuditAction } from '@signalbox/contract/audit'
import { AUDIT_RETENTION_MS, MAX_AUDIT_ENTRIES, MAX_REFUSED_ENTRIES, refusedActions } from '../audit.ts'
import type { NewAuditEntry } from '../audit-entry.ts'
import type { CopiedAuditEntry } from '../copy/portion.ts'
import type { Connection } from './connection.ts'

/** Adds an entry, inside a transaction. */
export function appendAudit(connection: Connection, { action, key_id, key_name, address, details }: NewAuditEntry, now: number): void {
  connection
    .prepare('INSERT INTO audit (at, action, key_id, key_name, address, details) VALUES (?, ?, ?, ?, ?, ?)')
    .run(now, action, key_id ?? null, key_name ?? null, address ?? null, JSON.stringify(details))
}

/** A row of the table `audit`. */
export interface AuditRow {
  readonly id: number
  readonly at: number
  readonly action: AuditAction
  readonly key_id: string | null
  readonly key_name: string | null
  readonly address: string | null
  readonly details: string
}

export function auditEntryOf({ key_id, key_name, address, details, ...row }: AuditRow): CopiedAuditEntry {
  return {
    ...row,
    ...(key_id === null ? {} : { key_id }),
    ...(key_name === null ? {} : { key_name }),
    ...(address === null ? {} : { address }),
    details: JSON.parse(details) as Record<string, unknown>,
  }
}

/** Inside a transaction: adds an entry of another store, under its id where that is free. @returns false when it is there already */
export function loadAuditEntry(connection: Connection, { id, at, action, key_id, key_name, address, details }: CopiedAuditEntry): boolean {
  const values = [at, action, key_id ?? null, key_name ?? null, address ?? null, JSON.stringify(details)]
  const same = 'SELECT 1 FROM audit WHERE at = ? AND action = ? AND key_id IS ? AND key_name IS ? AND address IS ? AND details = ?'
  if (connection.prepare(same).get(...values) !== undefined) return false
  const isTaken = connection.prepare('SELECT 1 FROM audit WHERE audit_id = ?').get(id) !== undefined
  connection
    .prepare('INSERT INTO audit (audit_id, at, action, key_id, key_name, address, details) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(isTaken ? null : id, ...values)
  return true
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
