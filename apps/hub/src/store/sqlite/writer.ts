import type { HubEvent } from '@signalbox/contract/event'
import Database from 'better-sqlite3'
import { HubError } from '../../hub-error.ts'
import { type Change, type NewEvent, ONCE_KEPT_MS } from '../store.ts'
import type { Connection } from './connection.ts'
import { storeError } from './error.ts'
import { appendEvent } from './event.ts'

/** What a piece of work is given inside its transaction. */
export interface Transaction {
  readonly now: number
  /** Told after the commit. */
  tell(event: NewEvent): void
}

interface Job {
  run(): unknown
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** A commit is not made to wait for more work than this, in milliseconds: everybody behind it waits too. */
const MAX_WORK_MS = 50

/**
 * The only way to write. Work that arrives in one turn of the event loop is committed together, so it shares one wait
 * for the disk; a piece that fails is undone alone. Events are told when the commit is durable.
 */
export class Writer {
  readonly #connection: Connection
  readonly #onCommit: (events: readonly HubEvent[]) => void
  readonly #onRollback: () => void
  #queue: Job[] = []
  #told: HubEvent[] = []
  #scheduled = false
  /** Of the last commit; what a health check has to look into. */
  failure: HubError | undefined

  constructor(connection: Connection, onCommit: (events: readonly HubEvent[]) => void, onRollback: () => void) {
    this.#connection = connection
    this.#onCommit = onCommit
    this.#onRollback = onRollback
  }

  /** @throws what `work` throws, or a HubError when the commit fails */
  write<T>(change: Change, work: (transaction: Transaction) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => this.#once(change, () => work({ now: change.now, tell: (event) => this.#tell(event, change.now) }))
      this.#queue.push({ run, resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  /** Commits what is queued, now. */
  flush(): void {
    while (this.#queue.length > 0) this.#commitSome()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#commitSome()
      if (this.#queue.length > 0) this.#schedule()
    })
  }

  #commitSome(): void {
    try {
      this.#begin()
    } catch (error) {
      // Nobody behind the first would fare better, and each may have to wait for a lock before it is told so.
      const problem = this.#failed(error)
      for (const job of this.#queue.splice(0)) job.reject(problem)
      return
    }
    const { db } = this.#connection
    const done: { job: Job; value: unknown }[] = []
    let taken: Job | undefined
    try {
      const until = performance.now() + MAX_WORK_MS
      do {
        taken = this.#queue.shift()
        if (taken === undefined) break
        const value = this.#alone(taken)
        if (value !== failed) done.push({ job: taken, value })
        taken = undefined
      } while (performance.now() < until)
      db.exec('COMMIT')
      this.failure = undefined
    } catch (error) {
      this.#rollback()
      const problem = this.#failed(error)
      taken?.reject(problem)
      for (const { job } of done) job.reject(problem)
      return
    }
    const events = this.#told
    this.#told = []
    if (events.length > 0) this.#onCommit(events)
    for (const { job, value } of done) job.resolve(value)
  }

  #begin(): void {
    this.#connection.ensureThere('write')
    this.#connection.db.exec('BEGIN IMMEDIATE')
  }

  /** Runs one job so that its failure undoes nobody else's work. Errors of SQLite itself end the whole commit. */
  #alone(job: Job): unknown {
    const { db } = this.#connection
    const told = this.#told.length
    db.exec('SAVEPOINT job')
    try {
      const value = job.run()
      db.exec('RELEASE job')
      return value
    } catch (error) {
      if (isFatal(error)) throw error
      db.exec('ROLLBACK TO job')
      db.exec('RELEASE job')
      this.#onRollback()
      this.#told.length = told
      job.reject(error)
      return failed
    }
  }

  #failed(error: unknown): unknown {
    const problem = storeError(error, 'write')
    if (problem instanceof HubError) this.failure = problem
    return problem
  }

  #rollback(): void {
    this.#told = []
    this.#onRollback()
    // SQLite has already rolled back by itself after some errors, such as a full disk.
    if (this.#connection.db.open && this.#connection.db.inTransaction) this.#connection.db.exec('ROLLBACK')
  }

  #tell(event: NewEvent, now: number): void {
    this.#told.push(appendEvent(this.#connection, event, now))
  }

  /** As `Store.repeatable`. */
  async repeatable<T>(change: Change, work: () => Promise<T>): Promise<T> {
    const kept = this.#connection.read(() => this.#kept<T>(change))
    if (kept !== undefined) return kept.result
    const result = await work()
    return change.once === undefined ? result : this.write(change, () => result)
  }

  /** The result kept for this key, or the work and its result kept. */
  #once<T>(change: Change, work: () => T): T {
    const kept = this.#kept<T>(change)
    if (kept !== undefined) return kept.result
    const result = work()
    const { now, once } = change
    if (once === undefined) return result
    this.#connection
      .prepare('INSERT OR REPLACE INTO once (owner, key, fingerprint, result, made_at) VALUES (?, ?, ?, ?, ?)')
      .run(once.owner, once.key, once.fingerprint, JSON.stringify(result ?? null), now)
    return result
  }

  #kept<T>({ now, once }: Change): { result: T } | undefined {
    if (once === undefined) return undefined
    const kept = this.#connection
      .prepare('SELECT fingerprint, result FROM once WHERE owner = ? AND key = ? AND made_at > ?')
      .get(once.owner, once.key, now - ONCE_KEPT_MS) as { fingerprint: string; result: string } | undefined
    if (kept === undefined) return undefined
    if (kept.fingerprint !== once.fingerprint) {
      throw new HubError('conflict', 'This Idempotency-Key was used for another request', {
        suggestion: 'Use a fresh Idempotency-Key for each new request, and the same one only to repeat it.',
      })
    }
    once.replayed = true
    return { result: JSON.parse(kept.result) as T }
  }
}

const failed = Symbol('failed')

/** Whether an error says something about the file and not only about one row. */
function isFatal(error: unknown): boolean {
  return error instanceof Database.SqliteError && !error.code.startsWith('SQLITE_CONSTRAINT')
}
