import { workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'

const CHECKPOINT_INTERVAL_MS = 1000

const db = new Database((workerData as { path: string }).path, { fileMustExist: true, timeout: 0 })

/** Moves the content of the write-ahead log into the database file, without blocking readers or writers. */
function checkpoint(): void {
  try {
    db.pragma('wal_checkpoint(PASSIVE)')
  } catch {
    // A full disk, or a missing file: the writer fails for the same reason and reports it.
  }
}

setInterval(checkpoint, CHECKPOINT_INTERVAL_MS)
checkpoint()
