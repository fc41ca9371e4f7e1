import { workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

/** Between two rounds, in milliseconds. */
const ROUND_MS = 1000

const db = new Database((workerData as { path: string }).path, { fileMustExist: true, timeout: 0 })

/** Moves what the log holds into the file itself, without keeping anybody from reading or writing. */
function round(): void {
  try {
    db.pragma('wal_checkpoint(PASSIVE)')
  } catch {
    // A full disk, or a file that is gone: the writer hears of it too, and says so.
  }
}

setInterval(round, ROUND_MS)
round()
