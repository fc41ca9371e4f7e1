import type { LedgerStore } from './store/ledger-store.ts'

/** A session whose process was alive. */
export interface LivingSession {
  readonly session: string
  readonly pid: number
  /** When the process started, as Claude Code writes it; absent where it does not. */
  readonly procStart?: string | undefined
  /** The process file. */
  readonly file: string
  readonly project: string
}

/** Which sessions were alive when the collector last looked, so that one that ends while no collector runs gets its end. */
export interface LivingSessions {
  all(): LivingSession[]
  put(session: LivingSession): void
  remove(session: string): void
}

export function openLivingSessions(store: LedgerStore): LivingSessions {
  const all = store.db.prepare<[], string>('SELECT record FROM living_sessions').pluck()
  const put = store.db.prepare('INSERT OR REPLACE INTO living_sessions (session, record) VALUES (?, ?)')
  const remove = store.db.prepare('DELETE FROM living_sessions WHERE session = ?')
  return {
    all: () => store.read(() => all.all()).map((text) => JSON.parse(text) as LivingSession),
    put: (session) => void store.transact(() => put.run(session.session, JSON.stringify(session))),
    remove: (session) => void store.transact(() => remove.run(session)),
  }
}
