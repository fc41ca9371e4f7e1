import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'

/** How long a hub that was just killed may take to be gone, in milliseconds: its memory and open writes come first. */
const WAIT_MS = 5_000
const POLL_MS = 100

/**
 * Locks a folder for one hub, whose caches and event stream would miss another hub's writes.
 * The system releases the lock when the process ends, however it ends.
 * @param waiting called when another process holds it and may be ending: the lock is tried for some seconds more
 * @returns a function that releases the lock; undefined when another process goes on holding it
 */
export async function lockFolder(folder: string, waiting: (ms: number) => void, waitMs = WAIT_MS): Promise<(() => void) | undefined> {
  const until = performance.now() + waitMs
  for (let attempt = 0; ; attempt++) {
    const release = tryLock(folder)
    if (release !== undefined || performance.now() >= until) return release
    if (attempt === 0) waiting(waitMs)
    await sleep(POLL_MS)
  }
}

function tryLock(folder: string): (() => void) | undefined {
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
