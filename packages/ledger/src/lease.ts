import { hostname } from 'node:os'
import type { LedgerStore } from './store/ledger-store.ts'

/** The process that holds the lease. */
export interface LeaseHolder {
  readonly pid: number
  readonly host: string
  /** Changes whenever the holder renews the lease, and with each holder. */
  readonly mark: string
  /** It runs, beyond doubt: it is on this machine, and no other process that has its id now. */
  readonly isRunning: boolean
}

/** What a claim has to know of the processes of this machine. */
export interface LeaseProcesses {
  /** When a process was started, as a text; undefined where the system does not say. */
  start(pid: number): string | undefined
  /** Whether the process that left its id, and its start where it was known, runs. */
  isSame(pid: number, start: string | undefined): boolean
}

/**
 * The lease for work that only one process may do at a time: collecting. It expires unless it is renewed, so a killed process
 * does not hold it forever.
 */
export interface Lease {
  /**
   * Acquires or renews the lease.
   * @param abandoned the mark of a holder that was watched and has renewed nothing: it is taken over
   * @returns undefined on success, else the process that holds it
   * @throws LedgerError
   */
  claim(processes: LeaseProcesses, abandoned?: string): LeaseHolder | undefined
  /** Releases the lease; does nothing when this process does not hold it. @throws LedgerError */
  release(): void
}

/** How long a claim is valid, in milliseconds. */
export const LEASE_TTL_MS = 60_000
/** How often a holder renews it, in milliseconds: a process that waits for less knows nothing of a holder on another machine. */
export const LEASE_RENEWAL_MS = 4_000

interface LeaseRecord extends Omit<LeaseHolder, 'mark' | 'isRunning'> {
  /** When the process was started, where the system says so. */
  readonly start?: string | undefined
  readonly token: string
  readonly until: number
}

export function openLease(store: LedgerStore, now: () => number): Lease {
  const token = crypto.randomUUID()
  const host = hostname()
  const read = (): LeaseRecord | undefined => {
    const text = store.meta.get('collector')
    return text === undefined || text === '' ? undefined : (JSON.parse(text) as LeaseRecord)
  }
  const isValid = (record: LeaseRecord, processes: LeaseProcesses): boolean => {
    const remaining = record.until - now()
    // More than a whole lease ahead means that the clock was wrong when the record was written.
    if (remaining <= 0 || remaining > 2 * LEASE_TTL_MS) return false
    return record.host !== host || processes.isSame(record.pid, record.start)
  }
  return {
    claim: (processes, abandoned) =>
      store.transact(() => {
        const record = read()
        if (record !== undefined && record.token !== token && isValid(record, processes)) {
          const mark = `${record.token} ${record.until}`
          const isRunning = record.host === host && record.start !== undefined
          if (mark !== abandoned) return { pid: record.pid, host: record.host, mark, isRunning }
        }
        const claimed: LeaseRecord = { token, pid: process.pid, start: processes.start(process.pid), host, until: now() + LEASE_TTL_MS }
        store.meta.set('collector', JSON.stringify(claimed))
        return undefined
      }),
    release: () =>
      store.transact(() => {
        if (read()?.token === token) store.meta.set('collector', '')
      }),
  }
}
