import fs from 'node:fs'
import { Worker } from 'node:worker_threads'

/** A log below this is moved by SQLite itself, at the end of a commit; in bytes. */
const LARGE = 8 * 1024 * 1024
/** Commits between two looks at the size of the log. */
const LOOK_EVERY = 256

/**
 * Empties the write-ahead log of a busy store in a thread of its own: a checkpoint inside a commit keeps everybody
 * waiting for as long as a thousand pages take, every few seconds. A quiet store never needs the thread.
 */
export class Checkpointer {
  readonly #path: string
  #commits = 0
  #worker: Worker | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** After each commit. */
  committed(): void {
    if (this.#worker !== undefined || ++this.#commits % LOOK_EVERY !== 0) return
    if ((fs.statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0) < LARGE) return
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: { path: this.#path } })
    worker.unref()
    // Where no thread may start, SQLite does it by itself, later and in the way of others.
    worker.on('error', () => {})
    this.#worker = worker
  }

  /** It is another file now, or none. */
  stop(): void {
    void this.#worker?.terminate()
    this.#worker = undefined
  }
}
