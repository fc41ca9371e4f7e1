import type { SessionRecord } from '../../state/session-record.ts'

/** More than beat at one hub; a thousand of them are some 700 KB. */
const MAX = 20_000

/**
 * Sessions as this process last wrote them: one that beats is about to beat again, and to read it first would be half of
 * the work. Only for use inside a transaction, which knows whether somebody else has written since.
 */
export class RecentSessions {
  readonly #records = new Map<string, SessionRecord>()

  get(id: string): SessionRecord | undefined {
    return this.#records.get(id)
  }

  written(session: SessionRecord): void {
    if (this.#records.size >= MAX) this.#records.clear()
    this.#records.set(session.session_id, session)
  }

  /** It is not as it was written, or not there. */
  forget(id?: string): void {
    if (id === undefined) this.#records.clear()
    else this.#records.delete(id)
  }
}
