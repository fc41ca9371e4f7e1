import Database from 'better-sqlite3'
import { HubError } from '../../hub-error.ts'

/** Message and suggestion by the beginning of SQLite's result code. */
const reasons: readonly [code: string, message: string, suggestion: string][] = [
  ['SQLITE_FULL', 'The disk is full', 'Free space on the disk that holds DATA_DIR; the hub goes on by itself.'],
  [
    'SQLITE_IOERR_WRITE',
    'The hub database cannot be written: the disk refuses',
    'Check the disk that holds DATA_DIR and its free space; the hub goes on by itself.',
  ],
  [
    'SQLITE_READONLY',
    'The hub database is read-only',
    'Make the folder DATA_DIR and the files in it writable for the user that runs the hub; it goes on by itself.',
  ],
  ['SQLITE_PERM', 'The hub database may not be opened', 'Give the user that runs the hub permission to read and write DATA_DIR.'],
  ['SQLITE_AUTH', 'The hub database may not be opened', 'Give the user that runs the hub permission to read and write DATA_DIR.'],
  [
    'SQLITE_CANTOPEN',
    'The hub database cannot be opened',
    'Check that DATA_DIR is there and may be read and written by the user that runs the hub.',
  ],
  [
    'SQLITE_BUSY',
    'The hub database is locked by another program',
    'Try again; if it stays so, look for another program that has signalbox.db open.',
  ],
  [
    'SQLITE_LOCKED',
    'The hub database is locked by another program',
    'Try again; if it stays so, look for another program that has signalbox.db open.',
  ],
  [
    'SQLITE_CORRUPT',
    'The hub database is damaged',
    'Stop the hub and put a copy of signalbox.db back, or move it away to begin a new one.',
  ],
  [
    'SQLITE_NOTADB',
    'The file is not a hub database',
    'Stop the hub and put a copy of signalbox.db back, or move it away to begin a new one.',
  ],
  [
    'SQLITE_IOERR',
    'The disk that holds the hub database fails',
    'Check the disk that holds DATA_DIR; the hub goes on by itself when it is back.',
  ],
]

/** Errors of the operating system when it syncs the log, as SQLite's result codes. */
const systemCodes: Readonly<Record<string, string>> = {
  ENOSPC: 'SQLITE_FULL',
  EDQUOT: 'SQLITE_FULL',
  EROFS: 'SQLITE_READONLY',
  EACCES: 'SQLITE_PERM',
  EPERM: 'SQLITE_PERM',
  EIO: 'SQLITE_IOERR',
  ENOENT: 'SQLITE_CANTOPEN',
}

/** Converts a SQLite error to a HubError with a reason that a person can act on. Any other error is returned unchanged. */
export function storeError(error: unknown, operation: 'read' | 'write'): unknown {
  const code = error instanceof Database.SqliteError ? error.code : systemCodes[(error as NodeJS.ErrnoException | undefined)?.code ?? '']
  if (code === undefined) return error
  const [, message, suggestion] = reasons.find(([reason]) => code.startsWith(reason)) ?? [
    '',
    `The hub database failed to ${operation}`,
    'Look for the request id in the log of the hub.',
  ]
  return new HubError('database_error', message, {
    suggestion,
    apiCode: operation === 'read' ? 'STORAGE_READ_FAILED' : 'STORAGE_WRITE_FAILED',
    cause: error,
  })
}

export function goneError(operation: 'read' | 'write', path: string): HubError {
  return new HubError('database_error', 'The file of the hub database is gone', {
    suggestion: 'Put DATA_DIR back as it was and the hub goes on by itself, or restart the hub to begin a new hub database.',
    apiCode: operation === 'read' ? 'STORAGE_READ_FAILED' : 'STORAGE_WRITE_FAILED',
    cause: new Error(`${path} is not the file that was opened`),
  })
}

/** Whether the content of the file is wrong, and not only the access to it. */
export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code)
}

/** @param found what the check of the file has found */
export function damagedError(found: string): HubError {
  return storeError(new Database.SqliteError(found, 'SQLITE_CORRUPT'), 'read') as HubError
}
