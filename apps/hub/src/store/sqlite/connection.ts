import fs from 'node:fs'
import Database from 'better-sqlite3'
import { HubError } from '../../hub-error.ts'
import { findDamage } from './check.ts'
import { Checkpointer } from './checkpoint.ts'
import { damagedError, goneError, isDamage, storeError } from './error.ts'

type Statement = Database.Statement<unknown[]>

/**
 * One SQLite file and its prepared statements. It checks that the path still leads to the file that was opened: SQLite
 * itself goes on writing into a deleted file, and everything written would be lost.
 */
export class Connection {
  /** Without links: SQLite keeps its log beside the real file. */
  readonly path: string
  #db: Database.Database
  #inode: number
  /** File descriptor of the write-ahead log, opened by the first sync. */
  #log: number | undefined
  readonly #statements = new Map<string, Statement>()
  readonly #onReopen: () => void
  readonly #checkpointer: Checkpointer
  /** What a read or the last check of the whole file has found. */
  damage: HubError | undefined

  /** @param onReopen called when another file has replaced the open one: nothing that was cached is valid */
  constructor(path: string, onReopen: () => void) {
    this.#onReopen = onReopen
    this.#db = open(path, false)
    this.path = fs.realpathSync(path)
    this.#inode = inodeOf(this.path)
    this.#checkpointer = new Checkpointer(this.path)
  }

  get db(): Database.Database {
    return this.#db
  }

  /** A cached prepared statement whose rows are arrays. */
  rows(sql: string): Statement {
    return this.#prepared(sql, true)
  }

  /** A cached prepared statement whose rows are objects. */
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

  /** Runs a read; errors of SQLite become HubErrors. */
  read<T>(work: () => T): T {
    try {
      this.ensureCurrentFile('read')
      return work()
    } catch (error) {
      const problem = storeError(error, 'read')
      if (isDamage(error) && problem instanceof HubError) this.damage = problem
      throw problem
    }
  }

  /**
   * Reopens the file when another one has replaced it, such as a restored copy or a disk that was mounted again.
   * @throws HubError when there is no file
   */
  ensureCurrentFile(operation: 'read' | 'write'): void {
    const inode = inodeOf(this.path)
    if (inode === this.#inode) return
    if (inode === 0) throw goneError(operation, this.path)
    const last = this.#db
    const next = open(this.path, true)
    this.#use(next)
    try {
      this.#onReopen()
    } catch (error) {
      // Not a store of this version: the last file stays in use, and the next call tries again.
      this.#use(last)
      next.close()
      throw error
    }
    last.close()
    this.#inode = inode
    this.damage = undefined
  }

  /** Reads the whole file in another thread, and notes whether it is damaged. */
  async verify(): Promise<void> {
    const inode = this.#inode
    const found = await findDamage(this.path)
    if (this.#inode === inode) this.damage = found === undefined ? undefined : damagedError(found)
  }

  /** Bytes of the file and its log. */
  size(): number {
    return [this.path, `${this.path}-wal`].reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
  }

  committed(): void {
    this.#checkpointer.committed()
  }

  /**
   * Resolves when everything committed so far is on the disk. `synchronous = FULL` would do this inside each commit and
   * block the event loop meanwhile. SQLite takes no locks on the log, so it may be opened a second time.
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
    this.#closeLog()
    this.#db = db
  }

  #closeLog(): void {
    this.#checkpointer.stop()
    if (this.#log !== undefined) fs.closeSync(this.#log)
    this.#log = undefined
  }

  close(): void {
    this.#statements.clear()
    this.#closeLog()
    this.#db.close()
  }
}

function open(path: string, mustExist: boolean): Database.Database {
  const db = new Database(path, { fileMustExist: mustExist, timeout: 5000 })
  // The file holds hashes of keys and the secret of the cookies. SQLite makes the files beside it with the same mode.
  fs.chmodSync(path, 0o600)
  db.pragma('journal_mode = WAL')
  // The writer syncs the log before it answers; see Connection.sync.
  db.pragma('synchronous = NORMAL')
  db.pragma('temp_store = MEMORY')
  db.pragma('cache_size = -65536')
  // 32 MiB of log between two checkpoints: writes hit the pages of the key index at random, so many of them become one. In
  // a busy store the checkpoint thread comes first.
  db.pragma('wal_autocheckpoint = 8192')
  db.pragma('journal_size_limit = 67108864')
  return db
}

/** 0 when there is no such file. */
function inodeOf(path: string): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.ino ?? 0
}
