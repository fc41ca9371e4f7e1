import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { createPageScanner, type ScanPage } from './scan-page.ts'
import { startScanPool } from './scan-pool.ts'
import type { ScanTask } from './scan-transcript.ts'

export interface ScanOptions {
  /** How many there are to be read, about. */
  readonly bytes: number
  /** Takes in what was found; when it throws, the scan ends with its error. */
  readonly takeIn: (page: ScanPage) => void
  /** Whether the last of a task was taken in. */
  readonly isDone: (task: number) => boolean
  readonly threads?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** With less to read, starting another thread would take longer than reading. */
const BYTES_WORTH_A_THREAD = 32 * 1024 * 1024
/** Including this one. More would wait for the one that writes. */
const MOST_THREADS = 4
/** Milliseconds this thread scans before it lets others of its process have a turn. */
const MOST_WITHOUT_BREATH = 20

/**
 * Scans on this thread, and on others too when there is enough to read. What another thread takes and does not finish,
 * because it may not run or dies, is scanned here in the end.
 */
export async function scanAll(tasks: readonly ScanTask[], options: ScanOptions): Promise<void> {
  const { bytes, takeIn, isDone, signal } = options
  const { threads = bytes < BYTES_WORTH_A_THREAD ? 1 : Math.min(MOST_THREADS, availableParallelism()) } = options
  const isAborted = () => signal?.aborted === true
  if (isAborted()) return
  const pool = startScanPool(tasks, Math.min(threads, tasks.length) - 1, takeIn)
  const scanner = createPageScanner()
  signal?.addEventListener('abort', pool.stop, { once: true })
  let breath = performance.now()

  async function scanHere(task: number, isNearEnd: boolean): Promise<void> {
    for (const page of scanner.scan(task, tasks[task]!, isNearEnd)) {
      if (page !== undefined) takeIn(page)
      if (performance.now() - breath < MOST_WITHOUT_BREATH) continue
      await setImmediate()
      breath = performance.now()
      if (isAborted()) return
    }
  }

  try {
    for (let task = pool.takeLast(); task !== undefined; task = pool.takeLast()) await scanHere(task, pool.isNearEnd())
    const rest = scanner.rest()
    if (rest !== undefined) takeIn(rest)
    await pool.finished
    for (const [task] of tasks.entries()) if (!isDone(task) && !isAborted()) await scanHere(task, false)
    const late = scanner.rest()
    if (late !== undefined) takeIn(late)
  } finally {
    signal?.removeEventListener('abort', pool.stop)
    pool.stop()
    await pool.finished
  }
}
