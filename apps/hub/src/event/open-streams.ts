import type { Authenticator } from '../http/auth.ts'
import type { Principal } from '../http/principal.ts'

/** A key that another program or another hub has revoked is found after this time. */
const RECHECK_MS = 3_000
/** The store is asked for no more callers at a time; the others follow at the next one. */
const MAX_CHECKS = 300

interface OpenStreamsOptions {
  readonly authenticator: Pick<Authenticator, 'isStillAuthorized'>
  /** Milliseconds; other ones are for tests. */
  readonly recheckMs?: number | undefined
}

interface Caller {
  readonly principal: Principal
  readonly ends: Set<() => void>
}

/** A stream is one request that never ends: it must not outlive the key that it was opened with, nor the sign-in. */
export class OpenStreams {
  readonly #options: OpenStreamsOptions
  /** The streams of each caller; those that were checked longest ago come first. */
  readonly #callers = new Map<string, Caller>()
  #timer: NodeJS.Timeout | undefined
  #isChecking = false

  constructor(options: OpenStreamsOptions) {
    this.#options = options
  }

  /** @returns a function to be called when the stream has ended */
  add(principal: Principal, end: () => void): () => void {
    const name = JSON.stringify([principal.by, principal.id, principal.signInId])
    const caller = this.#callers.get(name) ?? { principal, ends: new Set() }
    this.#callers.set(name, caller)
    caller.ends.add(end)
    this.#timer ??= setInterval(() => void this.#recheck(), this.#options.recheckMs ?? RECHECK_MS).unref()
    return () => {
      caller.ends.delete(end)
      if (caller.ends.size > 0 || this.#callers.get(name) !== caller) return
      this.#callers.delete(name)
      if (this.#callers.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  /** Ends the streams of the callers that match: their key was revoked, or their sign-in ended. */
  end(matches: (principal: Principal) => boolean): void {
    for (const { principal, ends } of [...this.#callers.values()]) {
      if (matches(principal)) for (const end of [...ends]) end()
    }
  }

  async #recheck(): Promise<void> {
    if (this.#isChecking) return
    this.#isChecking = true
    try {
      for (const [name, caller] of [...this.#callers].slice(0, MAX_CHECKS)) {
        // A store that does not answer ends nothing.
        if (!(await this.#options.authenticator.isStillAuthorized(caller.principal).catch(() => true))) {
          for (const end of [...caller.ends]) end()
        } else if (this.#callers.get(name) === caller) {
          this.#callers.delete(name)
          this.#callers.set(name, caller)
        }
      }
    } finally {
      this.#isChecking = false
    }
  }
}
