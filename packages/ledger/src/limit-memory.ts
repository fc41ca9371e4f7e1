import type { LedgerStore } from './store/ledger-store.ts'

/** What is remembered: `session` by the session's id, `resets` by account and resets. */
export type LimitMemoryKind = 'session' | 'resets'

export interface LimitMemoryEntry {
  readonly key: string
  /** JSON. */
  readonly value: string
  /** When it was last of use, in milliseconds. */
  readonly at: number
}

/** What the sources of plan limits know across restarts: what each session showed last, and whose resets were seen. */
export interface LimitMemory {
  /** The oldest first. @throws LedgerError */
  all(kind: LimitMemoryKind): LimitMemoryEntry[]
  /** @throws LedgerError; then the entry is as it was */
  put(kind: LimitMemoryKind, entry: LimitMemoryEntry): void
  /** @throws LedgerError */
  remove(kind: LimitMemoryKind, key: string): void
}

/** Longer than any window of a plan. An entry that was of no use for so long is removed. */
const ENTRY_TTL_MS = 40 * 86_400_000

export function openLimitMemory(store: LedgerStore, now: () => number): LimitMemory {
  const all = store.db.prepare<[string], LimitMemoryEntry>('SELECT key, value, at FROM limit_memory WHERE kind = ? ORDER BY at, key')
  const put = store.db.prepare('INSERT OR REPLACE INTO limit_memory (kind, key, value, at) VALUES (?, ?, ?, ?)')
  const remove = store.db.prepare('DELETE FROM limit_memory WHERE kind = ? AND key = ?')
  const prune = store.db.prepare('DELETE FROM limit_memory WHERE at < ?')
  return {
    all(kind) {
      try {
        store.transact(() => prune.run(now() - ENTRY_TTL_MS))
      } catch {
        // A full disk must not keep what is there from being read.
      }
      return store.read(() => all.all(kind))
    },
    put: (kind, { key, value, at }) => void store.transact(() => put.run(kind, key, value, at)),
    remove: (kind, key) => void store.transact(() => remove.run(kind, key)),
  }
}
