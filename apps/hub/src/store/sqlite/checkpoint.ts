import fs from 'node:fs'
import { Worker } from 'node:worker_threads'

/** SQLite itself checkpoints a smaller log, at the end of a commit. */
const MIN_LOG_BYTES = 8 * 1024 * 1024
/** The number of commits between two checks of the log's size. */
const COMMITS_PER_CHECK = 256

/**
 * Checkpoints the write-ahead log of a busy store in a thread of its own: every few seconds a checkpoint inside a commit
 * would delay all requests by the time that a thousand pages take. An idle store never starts the thread.
 */
export class Checkpointer {
  readonly #path: string
  #commits = 0
  #worker: Worker | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** To be called after each commit. */
  committed(): void {
    if (this.#worker !== undefined || ++this.#commits % COMMITS_PER_CHECK !== 0) return
    if ((fs.statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0) < MIN_LOG_BYTES) return
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: { path: this.#path } })
    worker.unref()
    // Without a thread SQLite checkpoints by itself, later and inside a commit.
    worker.on('error', () => {})
    this.#worker = worker
  }

  /** To be called when the file is replaced or closed. */
  stop(): void {
    void this.#worker?.terminate()
    this.#worker = undefined
  }
}
