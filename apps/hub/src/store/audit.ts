import type { AuditAction, AuditEntry } from '@signalbox/contract/audit'
import type { NewAuditEntry } from './audit-entry.ts'
import type { Change } from './change.ts'
import type { CopiedAuditEntry } from './copy/portion.ts'

export interface AuditFilter {
  readonly actions?: readonly AuditAction[] | undefined
  readonly before?: number | undefined
  readonly limit: number
}

export interface AuditStore {
  /** Adds an entry that belongs to no other write; the entry of a write is in its change. */
  append(entry: NewAuditEntry, change: Change): Promise<void>
  /** The newest entries before an id, newest first. */
  page(filter: AuditFilter): Promise<AuditEntry[]>
}

export const AUDIT_RETENTION_MS = 400 * 86_400_000
/** The log's limits: the oldest entries are removed beyond them. */
export const MAX_AUDIT_ENTRIES = 100_000
/** Entries that strangers cause have a limit of their own, so that they push out no others. */
export const MAX_REFUSED_ENTRIES = 10_000
export const refusedActions = ['sign_in.refused', 'invite.refused'] as const satisfies readonly AuditAction[]

/** An entry as both stores keep it, as the contract has it. */
export function toAuditEntry({ at, details, ...entry }: CopiedAuditEntry): AuditEntry {
  return { ...entry, at: new Date(at).toISOString(), details: { ...details } }
}
