import type { Call } from '@signalbox/contract/call'
import { toSendable } from './sendable-call.ts'
import type { CallRow } from './store/calls.ts'
import type { LedgerStore } from './store/ledger-store.ts'
import { metaNumber } from './store/meta.ts'

/** The calls that the hub has not confirmed, in the order of their last change. */
export interface Outbox {
  /** The number of pending calls. */
  pending(): number
  /** The next calls to send, at most `limit` and about `maxBytes` of JSON; undefined when nothing is pending. */
  next(limit: number, maxBytes?: number): OutboxPage | undefined
  /** Marks every call up to and including `upTo` as delivered. Has no effect when all calls became pending after `next`. */
  confirm(upTo: number): void
  /**
   * Sets the hub that calls are sent to, by the id of its store.
   * @returns true when it differs from the former hub; then all calls are pending again
   */
  hubChanged(hub: string): boolean
  /** Makes all calls pending again, rejected ones included: for a hub that has lost its data. */
  resend(): void
  /** Marks a call as rejected permanently, until a better record of it is found. */
  setAside(key: string, reason: string): void
}

export interface OutboxPage {
  readonly calls: Call[]
  /** The argument for `confirm` after the hub has accepted the calls. */
  readonly upTo: number
}

export function openOutbox(store: LedgerStore, options: { now: () => number; redact: ((call: Call) => Call) | undefined }): Outbox {
  const { db, meta, calls, pending } = store
  const page = db.prepare<[number], CallRow & { id: number }>(
    'SELECT outbox.id, calls.* FROM outbox JOIN calls ON calls.key = outbox.key ORDER BY outbox.id LIMIT ?',
  )
  const insertRejected = db.prepare<[string, string, number]>('INSERT OR REPLACE INTO set_aside (key, reason, at) VALUES (?, ?, ?)')
  /** The round in which the page was read that is being sent. */
  let roundOfPage: string | undefined
  const startRound = () => {
    pending.addAll()
    store.folders.resend()
    meta.set('round', String(metaNumber(meta, 'round') + 1))
  }
  const fillOnFirstUse = () => {
    if (meta.get('outbox') !== 'kept') store.transact(() => meta.get('outbox') === 'kept' || pending.addAll())
  }
  return {
    pending: () => store.read(() => pending.count()),
    next: (limit, maxBytes = Number.POSITIVE_INFINITY) =>
      store.read(() => {
        fillOnFirstUse()
        const found: Call[] = []
        let upTo = 0
        let bytes = 0
        roundOfPage = meta.get('round')
        for (const row of page.iterate(limit)) {
          const stored = calls.toCall(row)
          const call = toSendable(options.redact?.(stored) ?? stored)
          bytes += Buffer.byteLength(JSON.stringify(call)) + 1
          if (found.length > 0 && bytes > maxBytes) break
          found.push(call)
          upTo = row.id
        }
        return found.length === 0 ? undefined : { calls: found, upTo }
      }),
    confirm: (upTo) =>
      store.transact(() => {
        // A new round may have started since, for the same or for another hub.
        if (meta.get('round') === roundOfPage) pending.removeUpTo(upTo)
      }),
    hubChanged: (hub) =>
      store.transact(() => {
        const before = meta.get('hub')
        if (before === hub) return false
        meta.set('hub', hub)
        startRound()
        return before !== undefined
      }),
    resend: () => store.transact(startRound),
    setAside(key, reason) {
      store.read(fillOnFirstUse)
      store.transact(() => {
        insertRejected.run(key, reason, options.now())
        pending.remove(key)
      })
    },
  }
}
