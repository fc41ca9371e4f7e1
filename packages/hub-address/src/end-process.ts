import { setTimeout as sleep } from 'node:timers/promises'
import type { LogOutput } from './log-output.ts'

/** A program ends so long after its stop signal at the latest: Docker kills after ten seconds, and promises less are kept. */
export const STOP_LIMIT_MS = 7_500
/** How long the last log lines may take. */
const FLUSH_MS = 500
/** How long system calls may take to return at the end. */
const RETURN_MS = 500
/** Requests that a thread of the pool works on, such as the opening of a FIFO: `process.exit` waits for them without a limit. */
const THREAD_REQUEST = /^FSReq|ReqWrap$/

/**
 * Ends this process by SIGKILL when the limit has passed, whatever it does then. To be called at the first stop signal.
 * Everything that was confirmed is on the disk, so a hard end loses nothing.
 */
export function limitStop(ms: number = STOP_LIMIT_MS): void {
  setTimeout(killItself, ms).unref()
  // Another thread as well: this one may be waiting for a disk by then. Without a free descriptor there is only the timer.
  watchFromThread(ms).catch(() => {})
}

async function watchFromThread(ms: number): Promise<void> {
  const { Worker } = await import('node:worker_threads')
  const code = "setTimeout(() => process.kill(process.pid, 'SIGKILL'), require('node:worker_threads').workerData)"
  // Without the preloaded modules of this process.
  const worker = new Worker(code, { eval: true, workerData: ms, execArgv: [] })
  worker.on('error', () => {})
  worker.unref()
}

/** Ends this process: with the code, or by SIGKILL where a thread hangs in a system call. */
export async function endProcess(code: number, log?: LogOutput): Promise<never> {
  await log?.flush(FLUSH_MS)
  const until = performance.now() + RETURN_MS
  while (hangs()) {
    if (performance.now() >= until) killItself()
    await sleep(10)
  }
  process.exit(code)
}

function hangs(): boolean {
  return process.getActiveResourcesInfo().some((name) => THREAD_REQUEST.test(name))
}

function killItself(): void {
  process.kill(process.pid, 'SIGKILL')
}
