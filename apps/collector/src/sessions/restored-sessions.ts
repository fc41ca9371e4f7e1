import type { LivingSession } from '@signalbox/ledger'
import { type ClaudeProcess, isRunBy } from './claude-process.ts'

export interface RestoredSessionsOptions {
  /** The sessions that were alive when the last run of the collector ended. */
  readonly sessions: readonly LivingSession[]
  readonly processAt: (file: string) => ClaudeProcess | undefined
  /** The processes that run a session now. */
  readonly holders: (session: string) => readonly ClaudeProcess[]
  readonly isAlive: (session: LivingSession) => boolean
  /** Its process runs another session now. */
  readonly endMoved: (session: LivingSession, claude: ClaudeProcess) => void
  /** Its process has ended. */
  readonly endDead: (session: LivingSession) => void
  /** Runs a step that must not hide the other sessions when it fails. */
  readonly attempt: (step: () => void) => void
}

/** Sessions of the last run of the collector that have neither been seen in this one nor ended. */
export class RestoredSessions {
  readonly #options: RestoredSessionsOptions
  readonly #sessions: Map<string, LivingSession>

  constructor(options: RestoredSessionsOptions) {
    this.#options = options
    this.#sessions = new Map(options.sessions.map((session) => [session.session, session]))
  }

  /** The session that the process had in the last run. */
  lastOf({ path, file }: ClaudeProcess): LivingSession | undefined {
    return [...this.#sessions.values()].find((session) => session.file === path && isRunBy(session, file))
  }

  /** A session was seen in this run. @returns whether the same process ran it in the last one */
  take(id: string, { file }: ClaudeProcess): boolean {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    return session !== undefined && isRunBy(session, file)
  }

  /**
   * Ends those that are gone. Called when all process files have been read, because one may have gone on in another process, and
   * again as long as a process is there that may still name its session.
   */
  endGone(): void {
    for (const session of this.#sessions.values()) {
      this.#options.attempt(() => {
        const holders = this.#options.holders(session.session)
        // One that is held may still say that it runs another.
        if (holders.length > 0 && holders.every(({ heldUntil }) => heldUntil !== undefined)) return
        if (holders.length === 0 && !this.#endIfLeft(session)) return
        this.#sessions.delete(session.session)
      })
    }
  }

  /** Ends a session whose process has ended, or runs another one. @returns whether it has ended */
  #endIfLeft(session: LivingSession): boolean {
    const { processAt, isAlive, endMoved, endDead } = this.#options
    const claude = processAt(session.file)
    if (claude?.state === 'alive' && isRunBy(session, claude.file)) {
      // Its session may be replaced in a moment.
      if (claude.heldUntil !== undefined) return false
      endMoved(session, claude)
      return true
    }
    if (isAlive(session)) return false
    endDead(session)
    return true
  }
}
