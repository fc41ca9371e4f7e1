import { LEASE_MS, type Lease } from '@signalbox/ledger'
import type { Logger } from 'pino'

/** Another collector works on this ledger already. */
export class AlreadyCollectingError extends Error {
  readonly suggestion = 'Stop it first, or give this one another DATA_DIR.'
  constructor(holder: { pid: number; host: string }) {
    super(`another collector works on this DATA_DIR already (process ${holder.pid} on ${holder.host}).`)
    this.name = 'AlreadyCollectingError'
  }
}

/**
 * Holds the lease and renews it.
 * @throws AlreadyCollectingError
 */
export function holdLease(lease: Lease, log: Logger, stopping: AbortController): { release: () => void } {
  const holder = lease.claim()
  if (holder !== undefined) throw new AlreadyCollectingError(holder)
  const timer = setInterval(() => {
    try {
      const other = lease.claim()
      if (other === undefined) return
      // We slept for longer than the lease, and somebody else began.
      log.error(other, 'another collector has taken over; stopping')
      stopping.abort()
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be renewed')
    }
  }, LEASE_MS / 3)
  timer.unref()
  return {
    release: () => {
      clearInterval(timer)
      lease.release()
    },
  }
}
