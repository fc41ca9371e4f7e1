import { SHARE_ENV, Worker } from 'node:worker_threads'
import { adoptBatch } from './call-batch.ts'
import { defaultPageSizes, type PageSizes, type ScanPage } from './scan-page.ts'
import type { ScanTask } from './scanner.ts'

/** The input of a worker thread. All threads share `state`. */
export interface ScanWorkerData {
  readonly tasks: readonly ScanTask[]
  readonly pageSizes: PageSizes
  readonly state: Int32Array<SharedArrayBuffer>
}

/** The index in `state` of the stop flag: 1 when the workers have to stop. */
export const STOP_INDEX = 0
/** The index in `state` of the number of calls that were posted and are not yet processed. */
export const QUEUED_CALLS_INDEX = 1
/** The index in `state` of the number of claimed tasks. */
const CLAIMED_COUNT_INDEX = 2
/** The index in `state` of the first task's flag, one per task: 1 when a thread has claimed it. */
const FIRST_TASK_INDEX = 3

/** The number of queued calls above which workers pause, so that a slow disk does not fill the memory. */
export const MAX_QUEUED_CALLS = 50_000

/** Worker threads that claim tasks from the front of a list, while the main thread may claim them from the back. */
export interface ScanPool {
  /** Claims the last unclaimed task for the caller. */
  claimLast(): number | undefined
  /** Whether few tasks are left. */
  isNearEnd(): boolean
  /** Settles when the workers find no more tasks. A worker that crashes leaves its tasks unfinished, without an error. */
  readonly finished: Promise<void>
  /** Stops the workers; `finished` settles soon after. */
  stop(): void
}

/** @param onPage receives the pages of the workers; when it throws, the workers stop, and `finished` is rejected with its error */
export function startScanPool(
  tasks: readonly ScanTask[],
  workers: number,
  onPage: (page: ScanPage) => void,
  pageSizes: PageSizes = defaultPageSizes,
): ScanPool {
  const state = new Int32Array(new SharedArrayBuffer((FIRST_TASK_INDEX + tasks.length) * Int32Array.BYTES_PER_ELEMENT))
  const stop = () => {
    Atomics.store(state, STOP_INDEX, 1)
    Atomics.notify(state, QUEUED_CALLS_INDEX)
  }
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const workerData: ScanWorkerData = { tasks: tasks.map(({ path, source, known }) => ({ path, source, known })), pageSizes, state }
      const worker = startWorker(workerData)
      if (worker === undefined) return resolve()
      worker.on('message', (page: ScanPage | 'finished') => {
        if (page === 'finished') {
          // The thread takes a while to end, and nothing depends on that.
          worker.unref()
          resolve()
          return
        }
        try {
          Atomics.sub(state, QUEUED_CALLS_INDEX, page.calls.keys.length)
          Atomics.notify(state, QUEUED_CALLS_INDEX)
          onPage({ parts: page.parts, calls: adoptBatch(page.calls) })
        } catch (error) {
          stop()
          reject(error)
        }
      })
      // Its unfinished tasks are scanned by the main thread.
      worker.once('error', () => resolve())
      worker.once('exit', () => resolve())
    })
  const finished = Promise.all(Array.from({ length: workers }, run)).then(() => undefined)
  // Marks a rejection as handled, because the caller may await `finished` only later.
  finished.catch(() => {})
  let last = tasks.length
  return {
    claimLast() {
      while (last > 0 && Atomics.load(state, STOP_INDEX) === 0) {
        last--
        if (claimTask(state, last)) return last
      }
      return undefined
    },
    isNearEnd: () => isNearEnd(state, tasks.length),
    finished,
    stop,
  }
}

/** @returns undefined when no thread can be started, because of a policy or a limit of the machine */
function startWorker(workerData: ScanWorkerData): Worker | undefined {
  try {
    // A worker changes no environment variable and closes its files, so it does not need the costly isolation of both.
    return new Worker(new URL('./scan-worker-start.mjs', import.meta.url), { workerData, env: SHARE_ENV, trackUnmanagedFds: false })
  } catch {
    return undefined
  }
}

/** @returns false when another thread has claimed the task */
export function claimTask(state: Int32Array<SharedArrayBuffer>, task: number): boolean {
  if (Atomics.compareExchange(state, FIRST_TASK_INDEX + task, 0, 1) !== 0) return false
  Atomics.add(state, CLAIMED_COUNT_INDEX, 1)
  return true
}

/** Whether few tasks are left. */
export function isNearEnd(state: Int32Array<SharedArrayBuffer>, tasks: number): boolean {
  return Atomics.load(state, CLAIMED_COUNT_INDEX) > tasks * 0.8
}
