import type { Meta } from './meta.ts'
import type { Store } from './open-store.ts'

/**
 * Keys of calls the hub has not confirmed, in the table `outbox`. Where no hub was ever named the table stays empty and
 * everything is pending; on most machines that only ever ask for reports, that is for ever.
 * Everything here runs inside a transaction of the caller's.
 */
export interface PendingCalls {
  /** To be asked at the beginning of a transaction: another process may have named a hub. */
  look(): void
  /** A call is new or has changed. */
  add(key: string): void
  remove(key: string): void
  /** The hub has taken everything up to and with this id. */
  removeUpTo(id: number): void
  /** Every call is pending, the oldest first. */
  addAll(): void
  count(): number
}

export function openPendingCalls(store: Store, meta: Meta): PendingCalls {
  const add = store.prepare('INSERT OR REPLACE INTO outbox (key) VALUES (?)')
  const remove = store.prepare('DELETE FROM outbox WHERE key = ?')
  const removeUpTo = store.prepare('DELETE FROM outbox WHERE id <= ?')
  const count = store.prepare<[], number>('SELECT count(*) FROM outbox').pluck()
  const countAll = store.prepare<[], number>('SELECT count(*) FROM calls WHERE key NOT IN (SELECT key FROM set_aside)').pluck()
  // A better record may be one the hub takes.
  const retry = store.prepare('DELETE FROM set_aside WHERE key = ?')
  let isKept = false
  const look = () => {
    isKept = meta.get('outbox') === 'kept'
  }
  return {
    look,
    add(key) {
      if (!isKept) return
      add.run(key)
      retry.run(key)
    },
    remove: (key) => void remove.run(key),
    removeUpTo: (id) => void removeUpTo.run(id),
    addAll() {
      store.exec('DELETE FROM outbox; DELETE FROM set_aside; INSERT INTO outbox (key) SELECT key FROM calls ORDER BY at, key')
      meta.set('outbox', 'kept')
      isKept = true
    },
    count() {
      look()
      return (isKept ? count : countAll).get() ?? 0
    },
  }
}
