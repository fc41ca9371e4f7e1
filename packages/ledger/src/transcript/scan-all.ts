import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { createPageScanner, defaultPageSizes, type PageSizes, type ScanPage } from './scan-page.ts'
import { startScanPool } from './scan-pool.ts'
import type { ScanTask } from './scanner.ts'
import { createScanners } from './sources.ts'

export interface ScanOptions {
  /** The approximate number of bytes to read. */
  readonly bytes: number
  /** Receives each page of calls; when it throws, the scan ends with its error. */
  readonly onPage: (page: ScanPage) => void
  /** Whether the last page of a task was received. */
  readonly isDone: (task: number) => boolean
  readonly threads?: number | undefined
  readonly pageSizes?: PageSizes | undefined
  readonly signal?: AbortSignal | undefined
}

/** The size in bytes from which worker threads are started. With less, starting a thread takes longer than reading. */
const MIN_BYTES_FOR_THREADS = 32 * 1024 * 1024
/** The most threads, including this one. More threads would only wait for the one that writes. */
const MAX_THREADS = 4
/** How long this thread scans before it yields to the event loop, in milliseconds. */
const YIELD_INTERVAL_MS = 20

/**
 * Scans on this thread, and on worker threads when there is enough to read. A task that a worker claimed and did not finish,
 * because it could not run or crashed, is scanned here at the end.
 */
export async function scanAll(tasks: readonly ScanTask[], options: ScanOptions): Promise<void> {
  const { bytes, onPage, isDone, pageSizes = defaultPageSizes, signal } = options
  const { threads = bytes < MIN_BYTES_FOR_THREADS ? 1 : Math.min(MAX_THREADS, availableParallelism()) } = options
  const isAborted = () => signal?.aborted === true
  if (isAborted()) return
  const pool = startScanPool(tasks, Math.min(threads, tasks.length) - 1, onPage, pageSizes)
  const scanner = createPageScanner(await createScanners(tasks), pageSizes)
  signal?.addEventListener('abort', pool.stop, { once: true })
  let yieldedAt = performance.now()

  async function scanHere(task: number, isNearEnd: boolean): Promise<void> {
    for (const page of scanner.scan(task, tasks[task]!, isNearEnd)) {
      if (page !== undefined) onPage(page)
      if (performance.now() - yieldedAt < YIELD_INTERVAL_MS) continue
      await setImmediate()
      yieldedAt = performance.now()
      if (isAborted()) return
    }
  }

  function flush(): void {
    const page = scanner.flush()
    if (page !== undefined) onPage(page)
  }

  try {
    for (let task = pool.claimLast(); task !== undefined; task = pool.claimLast()) await scanHere(task, pool.isNearEnd())
    flush()
    await pool.finished
    for (const [task] of tasks.entries()) if (!isDone(task) && !isAborted()) await scanHere(task, false)
    flush()
  } finally {
    signal?.removeEventListener('abort', pool.stop)
    pool.stop()
    await pool.finished
  }
}
