/** A call that does not come within this time does not come, in milliseconds. */
const PASS_TTL_MS = 600_000

interface Pass {
  readonly session: string
  /** The calls of the session when it was let through. */
  readonly calls: number
  readonly at: number
}

/** The sessions that were let through and whose next call is not known yet. */
export class Passes {
  readonly #passes = new Map<string, Pass>()

  /** @param key of the session, or of a subagent of it */
  add(key: string, pass: Pass): void {
    this.#passes.set(key, pass)
  }

  remove(key: string): void {
    this.#passes.delete(key)
  }

  /** The sessions other than `key` whose next call may still come. @param callsOf how many calls a session has */
  others(key: string, callsOf: (session: string) => number, now: number): string[] {
    const sessions: string[] = []
    for (const [other, { session, calls, at }] of this.#passes) {
      if (now - at > PASS_TTL_MS || callsOf(session) > calls) this.#passes.delete(other)
      else if (other !== key) sessions.push(session)
    }
    return sessions
  }
}
