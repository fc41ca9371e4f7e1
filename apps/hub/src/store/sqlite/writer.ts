import type { HubEvent } from '@signalbox/contract/event'
import Database from 'better-sqlite3'
import type { NewEvent } from '../../event/new-event.ts'
import { HubError } from '../../hub-error.ts'
import type { Change } from '../change.ts'
import type { WriteTimes } from '../write-times.ts'
import { appendAudit } from './audit-log.ts'
import type { Connection } from './connection.ts'
import { storeError } from './error.ts'
import { appendEvent } from './event.ts'
import { runIdempotent, storedResult } from './idempotency.ts'

/** The transaction, as its work sees it. */
export interface Transaction {
  readonly now: number
  /** Adds an event to the log; subscribers receive it after the commit. */
  publish(event: NewEvent): void
  /** From here on, an error rolls this work back; to be called before a write that may violate a unique key. */
  guard(): void
}

interface Job {
  run(): unknown
  /** Whether it has a savepoint, to which an error rolls back. */
  guarded: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
}

interface Commit {
  readonly number: number
  /** Of `performance.now()`. */
  readonly began: number
  readonly events: readonly HubEvent[]
  readonly done: readonly { readonly job: Job; readonly value: unknown }[]
}

/** A commit takes no more work after this time: all requests behind it wait too. */
const MAX_COMMIT_WORK_MS = 20
/** A commit waits for more work for at most this many turns of the event loop. */
const MAX_WAIT_TURNS = 8
/** The time for which deferrable work waits for more work to share its commit. */
const DEFER_MS = 12
/** With this much work queued, deferrable work is committed at once. */
const COMMIT_BATCH_TARGET = 16
/** While this many syncs are in progress, work collects for the next commit. */
const MAX_SYNCS = 2

/**
 * The only way to write. Work that arrives in one turn of the event loop shares a commit, and so one sync of the disk; work
 * that fails is rolled back alone. Events are published when their commit is durable.
 */
export class Writer {
  readonly #connection: Connection
  readonly #onCommit: (events: readonly HubEvent[]) => void
  readonly #onRollback: () => void
  readonly #times: Pick<WriteTimes, 'note'>
  #queue: Job[] = []
  /** Events of the open transaction. */
  #events: HubEvent[] = []
  #scheduled = false
  /** Set while only deferrable work is queued. */
  #deferTimer: NodeJS.Timeout | undefined
  #commits = 0
  /** SQLite's `data_version`: it changes when another connection has written. */
  #dataVersion: unknown
  /** Commits that are not durable yet, oldest first. */
  readonly #undurable: Commit[] = []
  /** Syncs in progress. */
  #syncs = 0
  readonly #onDurable: (() => void)[] = []
  /** The error of the last commit, for health checks. */
  failure: HubError | undefined

  constructor(
    connection: Connection,
    onCommit: (events: readonly HubEvent[]) => void,
    onRollback: () => void,
    times: Pick<WriteTimes, 'note'>,
  ) {
    this.#connection = connection
    this.#onCommit = onCommit
    this.#onRollback = onRollback
    this.#times = times
  }

  /**
   * @param options.guarded false for work that throws only before its first write, or calls `guard` in time: its savepoint
   *   would cost more than a small write
   * @param options.deferrable whether the work may wait up to `DEFER_MS` to share a commit: its own would cost more than it
   * @throws what `work` throws, or a HubError when the commit fails
   */
  write<T>(
    change: Change,
    work: (transaction: Transaction) => T,
    { guarded = true, deferrable = false }: { guarded?: boolean; deferrable?: boolean } = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const { now } = change
      const transaction = {
        now,
        publish: (event: NewEvent) => void this.#events.push(appendEvent(this.#connection, event, now)),
        guard: () => this.#guard(job),
      }
      const audited =
        change.audit === undefined
          ? () => work(transaction)
          : () => {
              const result = work(transaction)
              const entry = change.audit?.(result)
              if (entry !== undefined) appendAudit(this.#connection, entry, now)
              return result
            }
      const run = change.idempotency === undefined ? audited : () => runIdempotent(this.#connection, change, audited)
      const job: Job = { run, guarded: false, resolve: resolve as (value: unknown) => void, reject }
      if (guarded) job.run = () => this.#runGuarded(job, run)
      this.#queue.push(job)
      this.#schedule(deferrable)
    })
  }

  /** Commits the queue now, and waits until it is durable and its events are published. */
  async flush(): Promise<void> {
    while (this.#queue.length > 0) this.#commitBatch()
    if (this.#undurable.length > 0) await new Promise<void>((resolve) => this.#onDurable.push(resolve))
  }

  #schedule(deferrable = false): void {
    const defers = deferrable && this.#queue.length < COMMIT_BATCH_TARGET
    if (this.#scheduled && (this.#deferTimer === undefined || defers)) return
    this.#scheduled = true
    clearTimeout(this.#deferTimer)
    this.#deferTimer = undefined
    if (defers) {
      this.#deferTimer = setTimeout(() => {
        this.#deferTimer = undefined
        this.#endWait()
      }, DEFER_MS)
    } else this.#waitForMore(0, 0)
  }

  /**
   * Commits after the first turn of the event loop that adds no work: clients that the last commit answered send their next
   * requests within a few turns, and one sync serves all of them.
   */
  #waitForMore(known: number, turns: number): void {
    setImmediate(() => {
      const queued = this.#queue.length
      if (queued > known && turns < MAX_WAIT_TURNS) return this.#waitForMore(queued, turns + 1)
      this.#endWait()
    })
  }

  #endWait(): void {
    this.#scheduled = false
    // While the disk is busy, work collects for the next commit.
    if (this.#syncs < MAX_SYNCS) this.#commitBatch()
    if (this.#queue.length > 0 && this.#syncs < MAX_SYNCS) this.#schedule()
  }

  #commitBatch(): void {
    const began = performance.now()
    try {
      this.#begin()
    } catch (error) {
      // The rest of the queue would fail too, and each might wait for a lock first.
      const problem = this.#recordFailure(error)
      for (const job of this.#queue.splice(0)) job.reject(problem)
      return
    }
    const done: { job: Job; value: unknown }[] = []
    let taken: Job | undefined
    try {
      const until = began + MAX_COMMIT_WORK_MS
      do {
        taken = this.#queue.shift()
        if (taken === undefined) break
        const value = this.#runIsolated(taken)
        if (value !== failed) done.push({ job: taken, value })
        taken = undefined
      } while (performance.now() < until)
      this.#connection.prepare('COMMIT').run()
    } catch (error) {
      this.#rollback()
      const problem = this.#recordFailure(error)
      taken?.reject(problem)
      for (const { job } of done) job.reject(problem)
      return
    }
    const events = this.#events
    this.#events = []
    if (done.length === 0) return
    this.#commits++
    this.#connection.committed()
    this.#undurable.push({ number: this.#commits, began, events, done })
    this.#sync()
  }

  /**
   * Resolves commits when they are durable. The sync runs in other threads, and meanwhile this one goes on with the next
   * work. A sync that ends makes everything durable that was committed before it began.
   */
  #sync(): void {
    const upTo = this.#commits
    this.#syncs++
    const finish = (problem: unknown) => {
      this.#syncs--
      const first = this.#undurable.findIndex(({ number }) => number > upTo)
      const durable = this.#undurable.splice(0, first === -1 ? this.#undurable.length : first)
      // The next commit first: its sync runs while this one's requests are answered.
      if (this.#queue.length > 0 && !this.#scheduled) this.#commitBatch()
      this.#answer(durable, problem)
      if (this.#queue.length > 0) this.#schedule()
      if (this.#undurable.length === 0) for (const resolve of this.#onDurable.splice(0)) resolve()
    }
    this.#connection.sync().then(
      () => {
        this.failure = undefined
        finish(undefined)
      },
      (error: unknown) => finish(this.#recordFailure(error)),
    )
  }

  #answer(commits: readonly Commit[], problem: unknown): void {
    for (const { began, events, done } of commits) {
      this.#times.note(began)
      if (problem === undefined && events.length > 0) this.#onCommit(events)
      for (const { job, value } of done) {
        if (problem === undefined) job.resolve(value)
        else job.reject(problem)
      }
    }
  }

  #begin(): void {
    this.#connection.ensureCurrentFile('write')
    this.#connection.prepare('BEGIN IMMEDIATE').run()
    // Caches of rows are invalid after a write of another connection.
    const version = this.#connection.prepare('PRAGMA data_version').pluck().get()
    if (version !== this.#dataVersion) this.#onRollback()
    this.#dataVersion = version
  }

  /** Runs one job so that its failure rolls back no other. Errors of SQLite itself end the whole commit. */
  #runIsolated(job: Job): unknown {
    const published = this.#events.length
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
      this.#events.length = published
      job.reject(error)
      return failed
    }
  }

  #runGuarded(job: Job, run: () => unknown): unknown {
    this.#guard(job)
    return run()
  }

  #guard(job: Job): void {
    if (job.guarded) return
    this.#connection.prepare('SAVEPOINT job').run()
    job.guarded = true
  }

  #recordFailure(error: unknown): unknown {
    const problem = storeError(error, 'write')
    if (problem instanceof HubError) this.failure = problem
    return problem
  }

  #rollback(): void {
    this.#events = []
    this.#onRollback()
    // SQLite has already rolled back by itself after some errors, such as a full disk.
    if (this.#connection.db.open && this.#connection.db.inTransaction) this.#connection.db.exec('ROLLBACK')
  }

  /** As `Store.runIdempotent`. */
  async runIdempotent<T>(change: Change, work: () => Promise<T>): Promise<T> {
    const stored = this.#connection.read(() => storedResult<T>(this.#connection, change))
    if (stored !== undefined) return stored.result
    const result = await work()
    return change.idempotency === undefined && change.audit === undefined ? result : this.write(change, () => result)
  }
}

const failed = Symbol('failed')

/** Whether an error concerns the file and not only one row. */
function isFatal(error: unknown): boolean {
  return error instanceof Database.SqliteError && !error.code.startsWith('SQLITE_CONSTRAINT')
}
