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
  /** From here on a failure undoes what this piece has written; needed before a write that a unique key may refuse. */
  guard(): void
}

interface Job {
  run(): unknown
  /** It may wait a few milliseconds for company. */
  readonly patient: boolean
  /** Whether its failure has something to undo. */
  guarded: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
}

interface Commit {
  readonly number: number
  readonly events: readonly HubEvent[]
  readonly done: readonly { readonly job: Job; readonly value: unknown }[]
}

/** A commit is not made to wait for more work than this, in milliseconds: everybody behind it waits too. */
const MAX_WORK_MS = 50
/** Nor for more turns of the event loop than this. */
const MAX_TURNS = 8
/** How long patient work waits for company, in milliseconds, and how much company is enough. */
const PATIENCE_MS = 12
const ENOUGH = 16
/** While the disk has two commits to take, the next one waits for company. */
const MAX_SYNCS = 2

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
  /** While only patient work is queued. */
  #patience: NodeJS.Timeout | undefined
  #commits = 0
  /** Changes when another connection has written. */
  #version: unknown
  /** Committed, and not yet known to be durable; oldest first. */
  readonly #unanswered: Commit[] = []
  /** Waits for the disk that are under way. */
  #syncs = 0
  readonly #onAnswered: (() => void)[] = []
  /** Of the last commit; what a health check has to look into. */
  failure: HubError | undefined

  constructor(connection: Connection, onCommit: (events: readonly HubEvent[]) => void, onRollback: () => void) {
    this.#connection = connection
    this.#onCommit = onCommit
    this.#onRollback = onRollback
  }

  /**
   * @param options.guarded false for work that throws only before its first write, or calls `guard` in time: a savepoint
   *   for each of many small pieces costs more than the pieces
   * @param options.patient whether it may wait a few milliseconds for company: a commit of its own costs more than it does
   * @throws what `work` throws, or a HubError when the commit fails
   */
  write<T>(
    change: Change,
    work: (transaction: Transaction) => T,
    { guarded = true, patient = false }: { guarded?: boolean; patient?: boolean } = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const { now } = change
      const transaction = { now, tell: (event: NewEvent) => this.#tell(event, now), guard: () => this.#guard(job) }
      const run = change.once === undefined ? () => work(transaction) : () => this.#once(change, () => work(transaction))
      const job: Job = { run, patient, guarded: false, resolve: resolve as (value: unknown) => void, reject }
      if (guarded) job.run = () => this.#guarded(job, run)
      this.#queue.push(job)
      this.#schedule(patient)
    })
  }

  /** Commits what is queued, now, and waits until all of it is durable and told. */
  async flush(): Promise<void> {
    while (this.#queue.length > 0) this.#commitSome()
    if (this.#unanswered.length > 0) await new Promise<void>((resolve) => this.#onAnswered.push(resolve))
  }

  #schedule(patient = false): void {
    const waits = patient && this.#queue.length < ENOUGH
    if (this.#scheduled && (this.#patience === undefined || waits)) return
    this.#scheduled = true
    clearTimeout(this.#patience)
    this.#patience = undefined
    if (waits) {
      this.#patience = setTimeout(() => {
        this.#patience = undefined
        this.#endWait()
      }, PATIENCE_MS)
    } else this.#waitFor(0, 0)
  }

  /**
   * Commits when a turn of the event loop brought nothing more: clients that were answered by the last commit come again
   * within a few turns, and one wait for the disk does for all of them.
   */
  #waitFor(known: number, turns: number): void {
    setImmediate(() => {
      const queued = this.#queue.length
      if (queued > known && turns < MAX_TURNS) return this.#waitFor(queued, turns + 1)
      this.#endWait()
    })
  }

  #endWait(): void {
    this.#scheduled = false
    // What comes while the disk has enough to do shares the next commit.
    if (this.#syncs < MAX_SYNCS) this.#commitSome()
    if (this.#queue.length > 0 && this.#syncs < MAX_SYNCS) this.#schedule()
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
      this.#connection.prepare('COMMIT').run()
    } catch (error) {
      this.#rollback()
      const problem = this.#failed(error)
      taken?.reject(problem)
      for (const { job } of done) job.reject(problem)
      return
    }
    const events = this.#told
    this.#told = []
    if (done.length === 0) return
    this.#commits++
    this.#connection.committed()
    this.#unanswered.push({ number: this.#commits, events, done })
    this.#sync()
  }

  /**
   * Answers commits when they are durable. The wait for the disk happens in other threads, and meanwhile this one goes on
   * with what comes next. What a wait began with is durable when it ends, and so is everything before it.
   */
  #sync(): void {
    const upTo = this.#commits
    this.#syncs++
    const over = (problem: unknown) => {
      this.#syncs--
      const first = this.#unanswered.findIndex(({ number }) => number > upTo)
      const durable = this.#unanswered.splice(0, first === -1 ? this.#unanswered.length : first)
      // The next commit first: while the disk takes it, those of this one are answered.
      if (this.#queue.length > 0 && !this.#scheduled) this.#commitSome()
      this.#answer(durable, problem)
      if (this.#queue.length > 0) this.#schedule()
      if (this.#unanswered.length === 0) for (const resolve of this.#onAnswered.splice(0)) resolve()
    }
    this.#connection.sync().then(
      () => {
        this.failure = undefined
        over(undefined)
      },
      (error: unknown) => over(this.#failed(error)),
    )
  }

  #answer(commits: readonly Commit[], problem: unknown): void {
    for (const { events, done } of commits) {
      if (problem === undefined && events.length > 0) this.#onCommit(events)
      for (const { job, value } of done) {
        if (problem === undefined) job.resolve(value)
        else job.reject(problem)
      }
    }
  }

  #begin(): void {
    this.#connection.ensureThere('write')
    this.#connection.prepare('BEGIN IMMEDIATE').run()
    // What is remembered of the rows holds only while nobody else writes them.
    const version = this.#connection.prepare('PRAGMA data_version').pluck().get()
    if (version !== this.#version) this.#onRollback()
    this.#version = version
  }

  /** Runs one job so that its failure undoes nobody else's work. Errors of SQLite itself end the whole commit. */
  #alone(job: Job): unknown {
    const told = this.#told.length
    try {
      const value = job.run()
      if (job.guarded) this.#connection.prepare('RELEASE job').run()
      return value
    } catch (error) {
      if (isFatal(error)) throw error
      if (job.guarded) {
        this.#connection.prepare('ROLLBACK TO job').run()
        this.#connection.prepare('RELEASE job').run()
        this.#onRollback()
      }
      this.#told.length = told
      job.reject(error)
      return failed
    }
  }

  #guarded(job: Job, run: () => unknown): unknown {
    this.#guard(job)
    return run()
  }

  #guard(job: Job): void {
    if (job.guarded) return
    this.#connection.prepare('SAVEPOINT job').run()
    job.guarded = true
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
