import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { BackupManifest } from '@signalbox/contract/backup'
import { ESTIMATED } from '@signalbox/usage/call'
import Database from 'better-sqlite3'
import { countRows } from './row-counts.ts'

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
}

/** Looks through a whole database. @returns what is wrong with it; undefined when nothing is */
export function damageOf(file: string): string | undefined {
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
  return found === 'ok' ? undefined : found
}

/** @returns what SQLite says where an error means that the file is damaged */
export function damageIn(error: unknown): string | undefined {
  const { code, message } = error as { code?: string; message?: string }
  return code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT') ? message : undefined
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

/** When the newest event was written, in milliseconds; undefined where there is none. */
export function newestEventAt(file: string): number | undefined {
  const db = new Database(file, { readonly: true, fileMustExist: true })
  try {
    return (db.prepare('SELECT at FROM event ORDER BY event_id DESC LIMIT 1').pluck().get() as number | undefined) ?? undefined
  } finally {
    db.close()
  }
}

/** Gives a restored store an id of its own: collectors then see that it has not what they sent since, and send it again. */
export function takeNewId(file: string): void {
  const db = new Database(file, { fileMustExist: true })
  try {
    db.prepare("UPDATE meta SET value = ? WHERE name = 'store_id'").run(randomUUID())
  } finally {
    db.close()
  }
}

/**
 * Moves the log of a database into its file: a log of another file beside a restored one would damage it.
 * @returns false where the database is damaged, and its log stays
 */
export function closeLog(file: string): boolean {
  try {
    const db = new Database(file, { fileMustExist: true, timeout: 5000 })
    try {
      db.pragma('journal_mode = DELETE')
      return true
    } finally {
      db.close()
    }
  } catch {
    return false
  }
}
