import type { SessionRecord } from '../../state/session-record.ts'

/** More sessions than one hub serves; a thousand of them take some 700 KB. */
const MAX_CACHED_SESSIONS = 20_000

/** Of a session with hundreds of tasks and subagents, far more may be known than of the usual one: it is read each time. */
const MAX_OBSERVED_CHARS = 20_000

/**
 * Sessions as this process last wrote them: a session that sends heartbeats is changed again soon, and reading it first
 * would be half of the work. Valid only inside a transaction, which knows whether another connection has written since.
 */
export class SessionCache {
  readonly #records = new Map<string, SessionRecord>()

  get(id: string): SessionRecord | undefined {
    return this.#records.get(id)
  }

  set(session: SessionRecord): void {
    if (this.#records.size >= MAX_CACHED_SESSIONS) this.#records.clear()
    if ((session.observed?.length ?? 0) > MAX_OBSERVED_CHARS) this.#records.delete(session.session_id)
    else this.#records.set(session.session_id, session)
  }

  /** Drops one session, or all of them. */
  invalidate(id?: string): void {
    if (id === undefined) this.#records.clear()
    else this.#records.delete(id)
  }
}
