import path from 'node:path'
import Database from 'better-sqlite3'

/**
 * Holds a folder for one hub: its memory of names and its live events would not know of another's writes.
 * The system lets the lock go when the process ends, however it ends.
 * @returns how to let go; undefined when another process holds it
 */
export function lockFolder(folder: string): (() => void) | undefined {
  const db = new Database(path.join(folder, 'hub.lock'), { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
    return () => db.close()
  } catch (error) {
    db.close()
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') return undefined
    throw error
  }
}
