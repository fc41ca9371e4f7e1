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

/**
 * Which sessions were alive when the collector last looked, so that one that ends while no collector runs gets its end. Each
 * change is stored in the transaction that stores the observation of it: a collector that is killed before has seen neither, and
 * the next one sees both.
 */
export interface LivingSessions {
  all(): LivingSession[]
  /** The session lives as soon as the queue stores the observation of its start. */
  putWith(observationId: string, session: LivingSession): void
  /** The session no longer lives as soon as the queue stores the observation of its end. */
  removeWith(observationId: string, session: string): void
}

/** For the queue of observations. */
export interface LivingChanges {
  /** Applies the change that belongs to an observation, inside the transaction that stores it. */
  apply(observationId: string): void
  /** Forgets the changes of observations that are on disk. */
  settle(observationIds: readonly string[]): void
}

export function openLivingSessions(store: LedgerStore): LivingSessions & LivingChanges {
  const all = store.db.prepare<[], string>('SELECT record FROM living_sessions').pluck()
  const put = store.db.prepare('INSERT OR REPLACE INTO living_sessions (session, record) VALUES (?, ?)')
  const remove = store.db.prepare('DELETE FROM living_sessions WHERE session = ?')
  const changes = new Map<string, () => void>()
  return {
    all: () => store.read(() => all.all()).map((text) => JSON.parse(text) as LivingSession),
    putWith: (observationId, session) => void changes.set(observationId, () => put.run(session.session, JSON.stringify(session))),
    removeWith: (observationId, session) => void changes.set(observationId, () => remove.run(session)),
    apply: (observationId) => changes.get(observationId)?.(),
    settle(observationIds) {
      if (changes.size > 0) for (const id of observationIds) changes.delete(id)
    },
  }
}
