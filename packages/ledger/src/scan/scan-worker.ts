import { parentPort, workerData } from 'node:worker_threads'
import { createPageScanner, type ScanPage } from './scan-page.ts'
import { isNearEnd, MOST_WAITING, type ScanWorkerData, STOP, takeTask, WAITING } from './scan-pool.ts'

const { tasks, board } = workerData as ScanWorkerData

function isStopped(): boolean {
  return Atomics.load(board, STOP) === 1
}

function tell(page: ScanPage): void {
  Atomics.add(board, WAITING, page.calls.keys.length)
  parentPort!.postMessage(page, [page.calls.numbers.buffer])
}

/** Waits while too much is waiting. */
function rest(): void {
  for (let waiting = Atomics.load(board, WAITING); waiting > MOST_WAITING && !isStopped(); waiting = Atomics.load(board, WAITING)) {
    Atomics.wait(board, WAITING, waiting, 1_000)
  }
}

const scanner = createPageScanner()
for (const [task, file] of tasks.entries()) {
  if (isStopped()) break
  if (!takeTask(board, task)) continue
  for (const page of scanner.scan(task, file, isNearEnd(board, tasks.length))) {
    if (isStopped()) break
    if (page === undefined) continue
    tell(page)
    rest()
  }
}
const page = scanner.rest()
if (page !== undefined) tell(page)
parentPort!.postMessage('finished')
