import { mkdirSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { damagedLedgerError, LedgerError, toLedgerError } from '../ledger-error.ts'
import { APPLICATION_ID, applyMigrations, migrations } from './schema.ts'

export type Store = Database.Database

/** How long to wait for a lock of another process, in milliseconds. Writes take about a tenth of a second each. */
const BUSY_TIMEOUT_MS = 20_000

/**
 * Opens the ledger's file, and creates or migrates it if necessary.
 * @throws LedgerError
 */
export function openStore(file: string): Store {
  let store: Store | undefined
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    store = new Database(file, { timeout: BUSY_TIMEOUT_MS })
    prepare(store, file)
    return store
  } catch (error) {
    store?.close()
    throw toLedgerError(error, file)
  }
}

function prepare(store: Store, file: string): void {
  const version = store.pragma('user_version', { simple: true }) as number
  if (version > migrations.length) {
    throw new LedgerError(
      'newer',
      `The ledger ${file} was written by a newer Signalbox (schema version ${version}, this one supports ${migrations.length}).`,
      'Update Signalbox, or set DATA_DIR to another folder.',
    )
  }
  if (version > 0 || !isEmpty(store)) {
    if (store.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw damagedLedgerError(file)
  }
  // A commit survives the end of the process. A power cut may undo the last commits; file states and calls are undone together,
  // so these calls are read again. Some file systems do not support WAL; there every commit waits for the disk.
  const journal = store.pragma(version === 0 ? 'journal_mode = WAL' : 'journal_mode', { simple: true })
  store.pragma(`synchronous = ${journal === 'wal' ? 'NORMAL' : 'FULL'}`)
  store.pragma('cache_size = -32000')
  store.pragma('temp_store = MEMORY')
  // In pages. With the default, the first refresh would wait for the disk again and again.
  store.pragma('wal_autocheckpoint = 8000')
  if (version < migrations.length) migrate(store)
}

function isEmpty(store: Store): boolean {
  return store.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined
}

function migrate(store: Store): void {
  store
    .transaction(() => {
      // Another process may have migrated the file meanwhile.
      const version = store.pragma('user_version', { simple: true }) as number
      applyMigrations(store, version)
    })
    .immediate()
}
