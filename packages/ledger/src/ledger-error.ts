import { statfsSync } from 'node:fs'
import path from 'node:path'

export type LedgerErrorCode = 'no_permission' | 'disk_full' | 'damaged' | 'newer' | 'busy' | 'failed'

/** The ledger cannot be used. `message` has the problem and the file, `suggestion` has what a person can do about it. */
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

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

/** Whether the error comes from SQLite. */
export function isStoreError(error: unknown): boolean {
  return errorCode(error).startsWith('SQLITE_')
}

/** The bytes that are free where a file is; undefined when that is not known. */
function bytesFree(file: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file))
    return bavail * bsize
  } catch {
    return undefined
  }
}

/** With less, SQLite cannot even open a file: its shared memory has 32 KB, and a file system keeps some to itself. */
const MIN_BYTES_FREE = 128 * 1024

/** Converts an error of SQLite or the file system to an error with a message and a suggestion. @param free how much is free at a file */
export function toLedgerError(error: unknown, file: string, free = bytesFree): LedgerError {
  if (error instanceof LedgerError) return error
  const code = errorCode(error)
  // On a full disk, an existing ledger fails in many places, and SQLite does not say why.
  const isFull = /^SQLITE_(IOERR|CANTOPEN)/.test(code) && (free(file) ?? Number.POSITIVE_INFINITY) < MIN_BYTES_FREE
  // Node gives ENOENT for a folder that cannot be created.
  if (!isFull && /^(ENOENT|EACCES|EPERM|EROFS|EEXIST|ENOTDIR|SQLITE_READONLY|SQLITE_PERM|SQLITE_AUTH|SQLITE_CANTOPEN)/.test(code)) {
    return new LedgerError(
      'no_permission',
      `The ledger ${file} cannot be written (${code}).`,
      'Give this user write permission for it, or set DATA_DIR to a writable folder.',
      error,
    )
  }
  if (isFull || /^(ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_WRITE)/.test(code)) {
    return new LedgerError(
      'disk_full',
      `No space left to write the ledger ${file} (${code}). Its former content is unchanged.`,
      'Free some space and run again: the missing calls are read again from the transcripts.',
      error,
    )
  }
  if (/^(SQLITE_CORRUPT|SQLITE_NOTADB)/.test(code)) return damagedLedgerError(file, error)
  if (/^(SQLITE_BUSY|SQLITE_LOCKED)/.test(code)) {
    return new LedgerError(
      'busy',
      `Another process is writing the ledger ${file} (${code}).`,
      'Try again in a moment. If the problem persists, look for a signalbox process that hangs.',
      error,
    )
  }
  const text = error instanceof Error ? error.message : String(error)
  return new LedgerError('failed', `The ledger ${file} failed: ${text}`, 'Run `signalbox doctor`; the log has details.', error)
}

export function damagedLedgerError(file: string, cause?: unknown): LedgerError {
  return new LedgerError(
    'damaged',
    `The ledger ${file} is damaged or is not a ledger.`,
    `Do not delete it: it may have the only copy of calls whose transcripts were deleted. Rename it, for example to ` +
      `${file}.damaged, or restore it from a backup. A new ledger is then filled from the existing transcripts.`,
    cause,
  )
}
