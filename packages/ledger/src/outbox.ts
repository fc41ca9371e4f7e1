import type { Call } from '@signalbox/contract/call'
import type { CallRow } from './store/calls.ts'
import type { LedgerStore } from './store/ledger-store.ts'
import { metaNumber } from './store/meta.ts'

/** Calls the hub has not confirmed, oldest change first. */
export interface Outbox {
  /** How many calls the hub has not confirmed. */
  pending(): number
  /** The next calls to send, at most `limit` and about `maxBytes` of JSON; undefined when nothing is pending. */
  next(limit: number, maxBytes?: number): OutboxPage | undefined
  /** The hub has taken every call up to and with `upTo`. Means nothing when everything was made pending since `next`. */
  confirm(upTo: number): void
  /** Says which hub is sent to, by a name of its store. True when it is another than before: then every call is pending again. */
  hubChanged(hub: string): boolean
  /** Makes every call pending again, those set aside too: for a hub that has lost what it had. */
  resend(): void
  /** The hub refuses this call for ever: it steps aside, and is counted, until a better record of it is found. */
  setAside(key: string, reason: string): void
}

export interface OutboxPage {
  readonly calls: Call[]
  /** To be given to `confirm` when the hub has taken the calls. */
  readonly upTo: number
}

export function openOutbox(store: LedgerStore, options: { now: () => number; redact: ((call: Call) => Call) | undefined }): Outbox {
  const { db, meta, calls, pending } = store
  const page = db.prepare<[number], CallRow & { id: number }>(
    'SELECT outbox.id, calls.* FROM outbox JOIN calls ON calls.key = outbox.key ORDER BY outbox.id LIMIT ?',
  )
  const aside = db.prepare<[string, string, number]>('INSERT OR REPLACE INTO set_aside (key, reason, at) VALUES (?, ?, ?)')
  /** In which round the page was taken that is now on its way. */
  let taken: string | undefined
  const startAgain = () => {
    pending.addAll()
    meta.set('round', String(metaNumber(meta, 'round') + 1))
  }
  const keep = () => {
    if (meta.get('outbox') !== 'kept') store.transact(() => meta.get('outbox') === 'kept' || pending.addAll())
  }
  return {
    pending: () => store.ask(() => pending.count()),
    next: (limit, maxBytes = Number.POSITIVE_INFINITY) =>
      store.ask(() => {
        keep()
        const found: Call[] = []
        let upTo = 0
        let bytes = 0
        taken = meta.get('round')
        for (const row of page.iterate(limit)) {
          const known = calls.callOf(row)
          const call = options.redact?.(known) ?? known
          bytes += Buffer.byteLength(JSON.stringify(call)) + 1
          if (found.length > 0 && bytes > maxBytes) break
          found.push(call)
          upTo = row.id
        }
        return found.length === 0 ? undefined : { calls: found, upTo }
      }),
    confirm: (upTo) =>
      store.transact(() => {
        // Everything may have been asked for again in between, or for another hub.
        if (meta.get('round') === taken) pending.removeUpTo(upTo)
      }),
    hubChanged: (hub) =>
      store.transact(() => {
        const before = meta.get('hub')
        if (before === hub) return false
        meta.set('hub', hub)
        startAgain()
        return before !== undefined
      }),
    resend: () => store.transact(startAgain),
    setAside(key, reason) {
      store.ask(keep)
      store.transact(() => {
        aside.run(key, reason, options.now())
        pending.remove(key)
      })
    },
  }
}
