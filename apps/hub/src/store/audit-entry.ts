import type { AuditAction } from '@signalbox/contract/audit'

export interface NewAuditEntry {
  readonly action: AuditAction
  readonly key_id?: string | undefined
  readonly key_name?: string | undefined
  readonly address?: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}
