import { MAX_AUDIT_ENTRIES, MAX_REFUSED_ENTRIES } from './audit.ts'
import { MAX_SIGN_INS } from './sign-in.ts'

/** How many rows a store keeps of what would grow for ever. */
export interface RowLimits {
  readonly signIns: number
  readonly auditEntries: number
  readonly refusedEntries: number
}

export const rowLimits: RowLimits = { signIns: MAX_SIGN_INS, auditEntries: MAX_AUDIT_ENTRIES, refusedEntries: MAX_REFUSED_ENTRIES }
