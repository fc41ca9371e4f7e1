import { SHARE_ENV, Worker } from 'node:worker_threads'
import { adoptBatch } from './call-batch.ts'
import type { ScanPage } from './scan-page.ts'
import type { ScanTask } from './scan-transcript.ts'

/** What a worker starts with. All sides share `board`. */
export interface ScanWorkerData {
  readonly tasks: readonly ScanTask[]
  readonly board: Int32Array<SharedArrayBuffer>
}

/** Places on the board: 1 when the work is to end. */
export const STOP = 0
/** Calls that were told and not yet taken in. */
export const WAITING = 1
/** How many tasks somebody has taken. */
const TAKEN_COUNT = 2
/** From here on one place a task, 1 when somebody has taken it. */
const TAKEN = 3

/** With more calls waiting than this a worker rests, so that a slow disk under the ledger does not fill the memory. */
export const MOST_WAITING = 50_000

/** Threads that take tasks from the front of a list while somebody else may take them from its back. */
export interface ScanPool {
  /** The last task that nobody has taken; it is yours then. */
  takeLast(): number | undefined
  /** Whether few tasks are left. */
  isNearEnd(): boolean
  /** Settles when the workers find nothing more to take. One that dies leaves what it took unfinished, and no error. */
  readonly finished: Promise<void>
  /** Ends the work early; `finished` settles soon. */
  stop(): void
}

/**
 * @param onPage is told what workers found; when it throws, the work ends, and `finished` is rejected with its error
 */
export function startScanPool(tasks: readonly ScanTask[], workers: number, onPage: (page: ScanPage) => void): ScanPool {
  const board = new Int32Array(new SharedArrayBuffer((TAKEN + tasks.length) * Int32Array.BYTES_PER_ELEMENT))
  const stop = () => {
    Atomics.store(board, STOP, 1)
    Atomics.notify(board, WAITING)
  }
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const workerData: ScanWorkerData = { tasks: tasks.map(({ path, known }) => ({ path, known })), board }
      const worker = startWorker(workerData)
      if (worker === undefined) return resolve()
      worker.on('message', (page: ScanPage | 'finished') => {
        if (page === 'finished') {
          // Its thread takes a while to wind down, and nobody needs to wait for that.
          worker.unref()
          resolve()
          return
        }
        try {
          Atomics.sub(board, WAITING, page.calls.keys.length)
          Atomics.notify(board, WAITING)
          onPage({ parts: page.parts, calls: adoptBatch(page.calls) })
        } catch (error) {
          stop()
          reject(error)
        }
      })
      // What it did not finish is left for somebody else.
      worker.once('error', () => resolve())
      worker.once('exit', () => resolve())
    })
  const finished = Promise.all(Array.from({ length: workers }, run)).then(() => undefined)
  // Whoever waits for it is told; until then nobody may be waiting.
  finished.catch(() => {})
  let last = tasks.length
  return {
    takeLast() {
      while (last > 0 && Atomics.load(board, STOP) === 0) {
        last--
        if (takeTask(board, last)) return last
      }
      return undefined
    },
    isNearEnd: () => isNearEnd(board, tasks.length),
    finished,
    stop,
  }
}

/** @returns undefined where no thread may be started: by a policy, or a limit of the machine */
function startWorker(workerData: ScanWorkerData): Worker | undefined {
  try {
    // It changes no variable and leaves no file open, so what guards against both need not be set up.
    return new Worker(new URL('./scan-worker-start.mjs', import.meta.url), { workerData, env: SHARE_ENV, trackUnmanagedFds: false })
  } catch {
    return undefined
  }
}

/** @returns false when somebody else has the task */
export function takeTask(board: Int32Array<SharedArrayBuffer>, task: number): boolean {
  if (Atomics.compareExchange(board, TAKEN + task, 0, 1) !== 0) return false
  Atomics.add(board, TAKEN_COUNT, 1)
  return true
}

export function isNearEnd(board: Int32Array<SharedArrayBuffer>, tasks: number): boolean {
  return Atomics.load(board, TAKEN_COUNT) > tasks * 0.8
}
