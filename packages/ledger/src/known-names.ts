import type { LedgerStore } from './store/ledger-store.ts'

/** The names of calls that a report can be filtered by, besides projects. */
export type KnownName = 'session' | 'folder' | 'model' | 'branch' | 'agent'

/** Reads the names that calls have, those of the newest calls first; an empty text where some have none. */
export function readKnownNames(store: LedgerStore, name: KnownName): string[] {
  const column = name === 'folder' ? 'project' : name
  return store.db.prepare<[], string>(`SELECT ${column} FROM places GROUP BY ${column} ORDER BY max(id) DESC`).pluck().all()
}
