import { hostname } from 'node:os'
import type { LedgerStore } from './store/ledger-store.ts'

/** The process that may do what only one may do at a time: collect. */
export interface LeaseHolder {
  readonly pid: number
  readonly host: string
}

/** Held for a while and renewed, so that a process that was killed does not hold it for ever. */
export interface Lease {
  /** Takes the lease or renews it. @returns undefined when it is ours now, else who has it. @throws LedgerError */
  claim(): LeaseHolder | undefined
  /** Gives it back; nothing happens when it is not ours. @throws LedgerError */
  release(): void
}

/** How long a claim is good, in milliseconds; renew it three times as often. */
export const LEASE_MS = 60_000

interface Kept extends LeaseHolder {
  readonly token: string
  readonly until: number
}

export function openLease(store: LedgerStore, now: () => number): Lease {
  const token = crypto.randomUUID()
  const host = hostname()
  const read = (): Kept | undefined => {
    const text = store.meta.get('collector')
    return text === undefined || text === '' ? undefined : (JSON.parse(text) as Kept)
  }
  const holds = (kept: Kept): boolean => {
    const left = kept.until - now()
    // More than a whole lease ahead: the clock was wrong when it was written.
    if (left <= 0 || left > 2 * LEASE_MS) return false
    return kept.host !== host || isAlive(kept.pid)
  }
  return {
    claim: () =>
      store.transact(() => {
        const kept = read()
        if (kept !== undefined && kept.token !== token && holds(kept)) return { pid: kept.pid, host: kept.host }
        store.meta.set('collector', JSON.stringify({ token, pid: process.pid, host, until: now() + LEASE_MS } satisfies Kept))
        return undefined
      }),
    release: () =>
      store.transact(() => {
        if (read()?.token === token) store.meta.set('collector', '')
      }),
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
