import type { Meta } from './meta.ts'
import type { Store } from './open-store.ts'

/**
 * The keys of the calls that the hub has not confirmed, in the table `outbox`. Before a hub is used for the first time the
 * table is empty and every call is pending; on machines that only create reports it stays so.
 * All functions run inside a transaction of the caller.
 */
export interface PendingCalls {
  /** Reads whether the table is in use. Call it at the start of a transaction, because another process may have changed it. */
  reload(): void
  /** Adds a new or changed call. */
  add(key: string): void
  remove(key: string): void
  /** Removes every call up to and including this id. */
  removeUpTo(id: number): void
  /** Makes every call pending, oldest first. */
  addAll(): void
  count(): number
}

export function openPendingCalls(store: Store, meta: Meta): PendingCalls {
  const add = store.prepare('INSERT OR REPLACE INTO outbox (key) VALUES (?)')
  const remove = store.prepare('DELETE FROM outbox WHERE key = ?')
  const removeUpTo = store.prepare('DELETE FROM outbox WHERE id <= ?')
  const count = store.prepare<[], number>('SELECT count(*) FROM outbox').pluck()
  const countAll = store.prepare<[], number>('SELECT count(*) FROM calls WHERE key NOT IN (SELECT key FROM set_aside)').pluck()
  // A better record of a rejected call is sent again, because the hub may accept it.
  const removeRejected = store.prepare('DELETE FROM set_aside WHERE key = ?')
  let isInUse = false
  const reload = () => {
    isInUse = meta.get('outbox') === 'kept'
  }
  return {
    reload,
    add(key) {
      if (!isInUse) return
      add.run(key)
      removeRejected.run(key)
    },
    remove: (key) => void remove.run(key),
    removeUpTo: (id) => void removeUpTo.run(id),
    addAll() {
      store.exec('DELETE FROM outbox; DELETE FROM set_aside; INSERT INTO outbox (key) SELECT key FROM calls ORDER BY at, key')
      meta.set('outbox', 'kept')
      isInUse = true
    },
    count() {
      reload()
      return (isInUse ? count : countAll).get() ?? 0
    },
  }
}
