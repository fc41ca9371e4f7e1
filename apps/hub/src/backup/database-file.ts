import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import type { BackupManifest } from '@signalbox/contract/backup'
import { ESTIMATED } from '@signalbox/usage/call'
import Database from 'better-sqlite3'
import { StartError } from '../start-error.ts'
import { countRows } from '../store/sqlite/row-counts.ts'

const MAX_PAGES = 0x7fffffff

/**
 * Copies a SQLite database that others go on writing. The whole copy is one read transaction, so it is one moment of the
 * database; writers do not wait for it.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new Database(from, { fileMustExist: true, timeout: 5000 })
  try {
    // In one step: a write between two steps starts the copy again, and a busy store would never be copied.
    await source.backup(to, { progress: () => MAX_PAGES })
  } finally {
    source.close()
  }
  fs.chmodSync(to, 0o600)
  const copy = new Database(to, { fileMustExist: true })
  try {
    // One file without a log beside it, which can be read where nothing may be written.
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
  syncFile(to)
}

/** @throws StartError when the file is damaged */
export function checkDatabase(file: string): void {
  let found: string
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true })
    try {
      found = db.pragma('integrity_check(1)', { simple: true }) as string
    } finally {
      db.close()
    }
  } catch (error) {
    found = (error as Error).message
  }
  if (found !== 'ok') throw new StartError(`${file} is damaged (${found}). Take another backup.`)
}

/** What a manifest says of the hub's database. */
export type DatabaseFacts = Pick<BackupManifest, 'store_id' | 'migration' | 'counts' | 'totals' | 'newest_event'>

export function readDatabase(file: string): DatabaseFacts {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const value = (sql: string) => db.prepare(sql).pluck().get()
    // Estimates are shown beside the sums of a report and are not in them.
    const [calls, tokens] = db
      .prepare(
        `SELECT count(*), coalesce(sum(input + output + write_5m + write_1h + read), 0) FROM call JOIN kind ON kind_id = kind
         WHERE source IS NOT (SELECT name_id FROM name WHERE text = ?)`,
      )
      .raw()
      .get(ESTIMATED) as [number, number]
    return {
      store_id: value("SELECT value FROM meta WHERE name = 'store_id'") as string,
      migration: db.pragma('user_version', { simple: true }) as number,
      counts: countRows(db),
      totals: { calls, tokens },
      // Of events that are removed, the ids stay used.
      newest_event: value("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event'") as number,
    }
  } finally {
    db.close()
  }
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  const stream = fs.createReadStream(file, { highWaterMark: 1 << 20 })
  stream.on('data', (chunk) => hash.update(chunk))
  await once(stream, 'close')
  return hash.digest('hex')
}

export function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Makes the names in a folder durable. Windows opens no folders, and needs none of this. */
export function syncFolder(folder: string): void {
  if (process.platform !== 'win32') syncFile(folder)
}

/** @throws StartError when a disk has less space than is needed, before anything is written */
export function requireSpace(folder: string, bytes: number): void {
  const { bavail, bsize } = fs.statfsSync(folder)
  const free = bavail * bsize
  if (free < bytes) {
    const mb = (size: number) => `${Math.ceil(size / 1e6).toLocaleString('en-US')} MB`
    throw new StartError(
      `The disk of ${folder} has ${mb(free)} free, and ${mb(bytes)} are needed. Free some space, or name another folder.`,
    )
  }
}
