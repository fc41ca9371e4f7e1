import { setTimeout as sleep } from 'node:timers/promises'
import { isSameProcess, readProcessStart } from '@signalbox/hub-address/process-start'
import { LEASE_RENEWAL_MS, type Lease, type LeaseHolder, type LeaseProcesses } from '@signalbox/ledger'
import type { Logger } from 'pino'

/** Another collector holds the lease of this ledger. */
export class AlreadyCollectingError extends Error {
  readonly suggestion = 'Stop it first, or give this one another DATA_DIR.'
  constructor(holder: { pid: number; host: string }) {
    super(`another collector already runs on this DATA_DIR (process ${holder.pid} on ${holder.host}).`)
    this.name = 'AlreadyCollectingError'
  }
}

/** A holder that renews nothing for so long is gone, in milliseconds. */
const WATCH_MS = 2.5 * LEASE_RENEWAL_MS
const POLL_MS = 100
/** The start of this process is read once: some systems need a program for it. */
const ownStart = readProcessStart(process.pid)
const processes: LeaseProcesses = {
  start: (pid) => (pid === process.pid ? ownStart : readProcessStart(pid)),
  isSame: isSameProcess,
}

/**
 * Takes the lease and renews it until it is released. Aborts `stopping` when another collector has taken it over.
 * @throws AlreadyCollectingError
 */
export async function holdLease(lease: Lease, log: Logger, stopping: AbortController): Promise<{ release: () => void }> {
  const holder = lease.claim(processes)
  if (holder !== undefined) await takeOver(lease, holder, log, stopping.signal)
  const timer = setInterval(() => {
    try {
      const other = lease.claim(processes)
      if (other === undefined) return
      // This machine slept for longer than the lease, and another collector started.
      log.error(other, 'another collector has taken over the lease; stopping')
      stopping.abort()
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be renewed')
    }
  }, LEASE_RENEWAL_MS)
  timer.unref()
  return {
    release: () => {
      clearInterval(timer)
      lease.release()
    },
  }
}

/**
 * Waits for the end of a holder that may be ending, or may be gone with its machine or container: one that works renews its
 * lease meanwhile.
 * @throws AlreadyCollectingError when it does
 */
async function takeOver(lease: Lease, first: LeaseHolder, log: Logger, signal: AbortSignal): Promise<void> {
  const { pid, host, mark } = first
  log.warn({ pid, host }, `another collector holds this DATA_DIR; waiting up to ${WATCH_MS / 1000} s for a sign of life`)
  const until = performance.now() + WATCH_MS
  while (performance.now() < until) {
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
    const holder = lease.claim(processes)
    if (holder === undefined) return
    if (holder.mark !== mark || signal.aborted) throw new AlreadyCollectingError(holder)
  }
  const holder = lease.claim(processes, first.isRunning ? undefined : mark)
  if (holder !== undefined) throw new AlreadyCollectingError(holder)
  log.warn({ pid, host }, 'it gave none; its lease is taken over')
}
