import fs from 'node:fs'
import Database from 'better-sqlite3'
import { Checkpointer } from './checkpoint.ts'
import { goneError, storeError } from './error.ts'

type Statement = Database.Statement<unknown[]>

/**
 * One SQLite file, its prepared statements, and the question whether it is still the file that was opened: SQLite
 * itself goes on writing into a file that was deleted, and everything written would be lost.
 */
export class Connection {
  readonly path: string
  #db: Database.Database
  #inode: number
  /** Of the write-ahead log; opened when it is first synced. */
  #log: number | undefined
  readonly #statements = new Map<string, Statement>()
  readonly #onReopen: () => void
  readonly #checkpointer: Checkpointer

  /** @param onReopen when another file has come into the place of the one that was open: nothing is as it was known */
  constructor(path: string, onReopen: () => void) {
    this.path = path
    this.#onReopen = onReopen
    this.#db = open(path, false)
    this.#inode = inodeOf(path)
    this.#checkpointer = new Checkpointer(path)
  }

  get db(): Database.Database {
    return this.#db
  }

  /** Prepares a statement once. Rows come as arrays. */
  rows(sql: string): Statement {
    return this.#prepared(sql, true)
  }

  prepare(sql: string): Statement {
    return this.#prepared(sql, false)
  }

  #prepared(sql: string, raw: boolean): Statement {
    const key = raw ? `raw:${sql}` : sql
    let statement = this.#statements.get(key)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      if (raw) statement.raw(true)
      this.#statements.set(key, statement)
    }
    return statement
  }

  /** Reads, with every error of SQLite told as the hub's. */
  read<T>(work: () => T): T {
    try {
      this.ensureThere('read')
      return work()
    } catch (error) {
      throw storeError(error, 'read')
    }
  }

  /**
   * Opens the file again when another one has come into its place (a disk that was mounted again, a copy put back).
   * @throws HubError when there is none
   */
  ensureThere(operation: 'read' | 'write'): void {
    const inode = inodeOf(this.path)
    if (inode === this.#inode) return
    if (inode === 0) throw goneError(operation, this.path)
    const last = this.#db
    const next = open(this.path, true)
    this.#use(next)
    try {
      this.#onReopen()
    } catch (error) {
      // Not ours, or not of our time: as if there were none, until there is another.
      this.#use(last)
      next.close()
      throw error
    }
    last.close()
    this.#inode = inode
  }

  committed(): void {
    this.#checkpointer.committed()
  }

  /**
   * Resolves when everything committed so far is on the disk: what `synchronous = FULL` does inside each commit, where
   * nobody else could be served meanwhile. SQLite takes no locks on this file, so it may be opened a second time.
   */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      try {
        this.#log ??= fs.openSync(`${this.path}-wal`, 'r+')
      } catch (error) {
        return reject(error)
      }
      fs.fdatasync(this.#log, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  #use(db: Database.Database): void {
    this.#statements.clear()
    this.#forgetLog()
    this.#db = db
  }

  #forgetLog(): void {
    this.#checkpointer.stop()
    if (this.#log !== undefined) fs.closeSync(this.#log)
    this.#log = undefined
  }

  close(): void {
    this.#statements.clear()
    this.#forgetLog()
    this.#db.close()
  }
}

function open(path: string, mustExist: boolean): Database.Database {
  const db = new Database(path, { fileMustExist: mustExist, timeout: 5000 })
  // Hashes of keys and the secret of the cookies are in it. The files beside it are made with the same mode.
  fs.chmodSync(path, 0o600)
  db.pragma('journal_mode = WAL')
  // The log is synced by the writer before anything is answered; see Connection.sync.
  db.pragma('synchronous = NORMAL')
  db.pragma('temp_store = MEMORY')
  db.pragma('cache_size = -65536')
  // 32 MiB of log between two checkpoints: pages of the index of keys are hit at random, so many writes become one. A
  // busy store has a thread that is there before.
  db.pragma('wal_autocheckpoint = 8192')
  db.pragma('journal_size_limit = 67108864')
  return db
}

/** 0 when there is no such file. */
function inodeOf(path: string): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.ino ?? 0
}
