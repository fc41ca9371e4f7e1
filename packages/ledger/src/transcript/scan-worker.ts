import { parentPort, workerData } from 'node:worker_threads'
import { createPageScanner, type ScanPage } from './scan-page.ts'
import { claimTask, isNearEnd, MAX_QUEUED_CALLS, QUEUED_CALLS_INDEX, type ScanWorkerData, STOP_INDEX } from './scan-pool.ts'
import { createScanners } from './sources.ts'

const { tasks, pageSizes, state } = workerData as ScanWorkerData

function isStopped(): boolean {
  return Atomics.load(state, STOP_INDEX) === 1
}

function post(page: ScanPage): void {
  Atomics.add(state, QUEUED_CALLS_INDEX, page.calls.keys.length)
  parentPort!.postMessage(page, [page.calls.numbers.buffer])
}

/** Blocks while too many calls are queued. */
function waitForRoom(): void {
  const readQueued = () => Atomics.load(state, QUEUED_CALLS_INDEX)
  for (let queued = readQueued(); queued > MAX_QUEUED_CALLS && !isStopped(); queued = readQueued()) {
    Atomics.wait(state, QUEUED_CALLS_INDEX, queued, 1_000)
  }
}

void scanTasks()

async function scanTasks(): Promise<void> {
  const scanner = createPageScanner(await createScanners(tasks), pageSizes)
  for (const [task, file] of tasks.entries()) {
    if (isStopped()) break
    if (!claimTask(state, task)) continue
    for (const page of scanner.scan(task, file, isNearEnd(state, tasks.length))) {
      if (isStopped()) break
      if (page === undefined) continue
      post(page)
      waitForRoom()
    }
  }
  const lastPage = scanner.flush()
  if (lastPage !== undefined) post(lastPage)
  parentPort!.postMessage('finished')
}
