import Database from 'better-sqlite3'
import { HubError } from '../../hub-error.ts'

/** Of SQLite's result codes, by their beginning: what happened and what helps. */
const reasons: readonly [code: string, message: string, suggestion: string][] = [
  ['SQLITE_FULL', 'The disk is full', 'Free space on the disk that holds DATA_DIR; the hub goes on by itself.'],
  [
    'SQLITE_IOERR_WRITE',
    'The store cannot be written: the disk refuses',
    'Check the disk that holds DATA_DIR and its free space; the hub goes on by itself.',
  ],
  [
    'SQLITE_READONLY',
    'The store is read-only',
    'Make the folder DATA_DIR and the files in it writable for the user that runs the hub; it goes on by itself.',
  ],
  ['SQLITE_PERM', 'The store may not be opened', 'Give the user that runs the hub permission to read and write DATA_DIR.'],
  ['SQLITE_AUTH', 'The store may not be opened', 'Give the user that runs the hub permission to read and write DATA_DIR.'],
  [
    'SQLITE_CANTOPEN',
    'The store cannot be opened',
    'Check that DATA_DIR is there and may be read and written by the user that runs the hub.',
  ],
  [
    'SQLITE_BUSY',
    'The store is locked by another program',
    'Try again; if it stays so, look for another program that has signalbox.db open.',
  ],
  [
    'SQLITE_LOCKED',
    'The store is locked by another program',
    'Try again; if it stays so, look for another program that has signalbox.db open.',
  ],
  ['SQLITE_CORRUPT', 'The store is damaged', 'Stop the hub and put a copy of signalbox.db back, or move it away to begin a new one.'],
  ['SQLITE_NOTADB', 'The store is not a database', 'Stop the hub and put a copy of signalbox.db back, or move it away to begin a new one.'],
  ['SQLITE_IOERR', 'The disk that holds the store fails', 'Check the disk that holds DATA_DIR; the hub goes on by itself when it is back.'],
]

/** What the system says when it writes the log for us, in SQLite's words. */
const systemCodes: Readonly<Record<string, string>> = {
  ENOSPC: 'SQLITE_FULL',
  EDQUOT: 'SQLITE_FULL',
  EROFS: 'SQLITE_READONLY',
  EACCES: 'SQLITE_PERM',
  EPERM: 'SQLITE_PERM',
  EIO: 'SQLITE_IOERR',
  ENOENT: 'SQLITE_CANTOPEN',
}

/** A SQLite error as the hub's own, with the reason a person can act on. Any other error passes as it is. */
export function storeError(error: unknown, operation: 'read' | 'write'): unknown {
  const code = error instanceof Database.SqliteError ? error.code : systemCodes[(error as NodeJS.ErrnoException | undefined)?.code ?? '']
  if (code === undefined) return error
  const [, message, suggestion] = reasons.find(([reason]) => code.startsWith(reason)) ?? [
    '',
    `The store failed to ${operation}`,
    'Look for the request id in the log of the hub.',
  ]
  return new HubError('database_error', message, {
    suggestion,
    apiCode: operation === 'read' ? 'STORAGE_READ_FAILED' : 'STORAGE_WRITE_FAILED',
    cause: error,
  })
}

export function goneError(operation: 'read' | 'write', path: string): HubError {
  return new HubError('database_error', 'The file of the store is gone', {
    suggestion: 'Put DATA_DIR back as it was and the hub goes on by itself, or restart the hub to begin a new store.',
    apiCode: operation === 'read' ? 'STORAGE_READ_FAILED' : 'STORAGE_WRITE_FAILED',
    cause: new Error(`${path} is not the file that was opened`),
  })
}
