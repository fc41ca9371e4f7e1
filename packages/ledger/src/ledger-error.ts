export type LedgerErrorCode = 'no_permission' | 'disk_full' | 'damaged' | 'newer' | 'busy' | 'failed'

/** The ledger cannot go on. `message` says what happened to which file, `suggestion` what a person can do about it. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode
  readonly suggestion: string
  constructor(code: LedgerErrorCode, message: string, suggestion: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'LedgerError'
    this.code = code
    this.suggestion = suggestion
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

/** Whether SQLite said it. */
export function isStoreError(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_')
}

/** Says in words what SQLite or the file system said in a code. */
export function ledgerErrorOf(error: unknown, file: string): LedgerError {
  if (error instanceof LedgerError) return error
  const code = codeOf(error)
  if (/^(EACCES|EPERM|EROFS|EEXIST|ENOTDIR|SQLITE_READONLY|SQLITE_PERM|SQLITE_AUTH|SQLITE_CANTOPEN)/.test(code)) {
    return new LedgerError(
      'no_permission',
      `The ledger ${file} cannot be written (${code}).`,
      'Give this user the right to write there, or set DATA_DIR to a folder that can be written.',
      error,
    )
  }
  if (/^(ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_WRITE)/.test(code)) {
    return new LedgerError(
      'disk_full',
      `No room left to write the ledger ${file} (${code}). What it held before is unchanged.`,
      'Free some space and run again: what could not be written is read again from the transcripts.',
      error,
    )
  }
  if (/^(SQLITE_CORRUPT|SQLITE_NOTADB)/.test(code)) return damaged(file, error)
  if (/^(SQLITE_BUSY|SQLITE_LOCKED)/.test(code)) {
    return new LedgerError(
      'busy',
      `The ledger ${file} is being written by another process (${code}).`,
      'Try again in a moment; if it stays so, look for a signalbox process that hangs.',
      error,
    )
  }
  const text = error instanceof Error ? error.message : String(error)
  return new LedgerError('failed', `The ledger ${file} failed: ${text}`, 'Run `signalbox doctor`; the log has more.', error)
}

export function damaged(file: string, cause?: unknown): LedgerError {
  return new LedgerError(
    'damaged',
    `The ledger ${file} is damaged or is not a ledger.`,
    `Do not delete it: calls of transcripts that are gone may be in it alone. Rename it, for example to ${file}.damaged, ` +
      'or restore it from a backup; a new ledger is then filled from the transcripts that are still there.',
    cause,
  )
}
