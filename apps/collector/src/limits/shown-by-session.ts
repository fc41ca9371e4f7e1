import type { LimitMemory } from '@signalbox/ledger'
import type { ShownLimits } from '@signalbox/usage/shown-limits'

/** What a session showed last. */
export interface LastShown {
  readonly windows: ShownLimits['windows']
  /** The account that it was counted to; absent where that was not known. */
  readonly account?: string
}

/** Sessions remembered at a time; beyond that the oldest are forgotten. */
const MAX_SESSIONS = 5_000

/**
 * What the status line of each session showed last, across restarts. An open terminal repeats it for hours: only what a session
 * has not shown before is news.
 */
export class ShownBySession {
  readonly #memory: LimitMemory | undefined
  readonly #sessions = new Map<string, LastShown>()

  /** @param memory absent in tests: then nothing survives a restart */
  constructor(memory: LimitMemory | undefined) {
    this.#memory = memory
    for (const { key, value } of memory?.all('session') ?? []) {
      try {
        this.#sessions.set(key, JSON.parse(value) as LastShown)
      } catch {
        // Of no use, and replaced when the session shows something.
      }
    }
  }

  of(session: string): LastShown | undefined {
    return this.#sessions.get(session)
  }

  /** @throws LedgerError when it cannot be written down; then it is remembered until the collector ends */
  remember(session: string, shown: LastShown, at: number): void {
    this.#sessions.delete(session)
    this.#sessions.set(session, shown)
    const [oldest] = this.#sessions.size > MAX_SESSIONS ? this.#sessions.keys() : []
    if (oldest !== undefined) this.#sessions.delete(oldest)
    this.#memory?.put('session', { key: session, value: JSON.stringify(shown), at })
    if (oldest !== undefined) this.#memory?.remove('session', oldest)
  }
}
