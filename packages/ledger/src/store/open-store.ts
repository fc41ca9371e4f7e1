import { mkdirSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { damaged, LedgerError, ledgerErrorOf } from '../ledger-error.ts'
import { APPLICATION_ID, migrations } from './schema.ts'

export type Store = Database.Database

/** How long to wait for another process that writes, in milliseconds. It writes for a tenth of a second at a time. */
const BUSY_MS = 20_000

/**
 * Opens the ledger's file, making it or bringing it up to date where needed.
 * @throws LedgerError
 */
export function openStore(file: string): Store {
  let store: Store | undefined
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    store = new Database(file, { timeout: BUSY_MS })
    prepare(store, file)
    return store
  } catch (error) {
    store?.close()
    throw ledgerErrorOf(error, file)
  }
}

function prepare(store: Store, file: string): void {
  const version = store.pragma('user_version', { simple: true }) as number
  if (version > migrations.length) {
    throw new LedgerError(
      'newer',
      `The ledger ${file} was written by a newer Signalbox (layout ${version}, this one knows ${migrations.length}).`,
      'Update Signalbox, or set DATA_DIR to another folder.',
    )
  }
  if (version > 0 || !isEmpty(store)) {
    if (store.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw damaged(file)
  }
  // A commit survives the end of the process at once, and a power cut may cost the last ones: cursor and calls go
  // together, so they are read again. Some file systems know no WAL; there a commit has to wait for the disk.
  const journal = store.pragma(version === 0 ? 'journal_mode = WAL' : 'journal_mode', { simple: true })
  store.pragma(`synchronous = ${journal === 'wal' ? 'NORMAL' : 'FULL'}`)
  store.pragma('cache_size = -32000')
  store.pragma('temp_store = MEMORY')
  // Pages. A first fill would otherwise stop for the disk again and again.
  store.pragma('wal_autocheckpoint = 8000')
  if (version < migrations.length) migrate(store)
}

function isEmpty(store: Store): boolean {
  return store.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined
}

function migrate(store: Store): void {
  store
    .transaction(() => {
      // Another process may have been quicker.
      const version = store.pragma('user_version', { simple: true }) as number
      for (const sql of migrations.slice(version)) store.exec(sql)
      store.pragma(`application_id = ${APPLICATION_ID}`)
      store.pragma(`user_version = ${migrations.length}`)
    })
    .immediate()
}
