import Database from 'better-sqlite3'

const BUSY_TIMEOUT_MS = 2_000

/**
 * Looks through a SQLite database, of the ledger or of a hub, without changing it.
 * @returns what is wrong with it; undefined when nothing is, or when it cannot be looked at now
 */
export function findDamage(file: string): string | undefined {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    try {
      const found = db.pragma('quick_check(1)', { simple: true }) as string
      return found === 'ok' ? undefined : found.split('\n').at(-1)
    } finally {
      db.close()
    }
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string }
    return /^SQLITE_(?:CORRUPT|NOTADB)/.test(code) ? message : undefined
  }
}
