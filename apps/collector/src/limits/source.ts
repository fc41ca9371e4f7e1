import type { LimitSource } from '@signalbox/contract/limit-source'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import type { Logger } from 'pino'
import type { Timer } from '../wake-signal.ts'
import type { AccountResets } from './account-resets.ts'
import type { ShownBySession } from './shown-by-session.ts'

/** A place where plan limits are read. A new source needs its file, its test, a line in `sources.ts`, and its name in `packages/contract/src/limit-source.ts`. */
export interface Source {
  readonly name: LimitSource
  /**
   * Starts reading, and goes on until the signal is aborted. A source handles its own errors: it reports and retries them.
   * If it throws or ends all the same, it is restarted after a minute.
   */
  start(context: SourceContext, signal: AbortSignal): RunningSource
}

export interface RunningSource {
  /** Resolves after the signal was aborted and everything the source had open is closed. */
  readonly ended: Promise<void>
  /** Takes a snapshot now, independent of timers; calls during a capture share its result. Never rejects. */
  readNow(): Promise<ReadOutcome>
}

export interface ReadOutcome {
  /** True when the newest snapshot that this source can take has been put. */
  readonly ok: boolean
  /** The reason, and the suggested fix, for people. */
  readonly message?: string
}

export interface SourceContext {
  /** The environment, from which each source reads its own settings with `readSettings`; they are valid by now. */
  readonly env: NodeJS.ProcessEnv
  readonly clock: SourceClock
  /** Snapshots and page texts must not be logged. */
  readonly log: Logger
  /** Queues a snapshot for the hub; `source` and `machineId` are filled in. Never throws: with a full disk it stays in memory until it can be written. */
  put(snapshot: LimitSnapshot): void
  /** The newest snapshot of each account and source on this machine. @throws when the ledger cannot be read */
  newest(): readonly LimitSnapshot[]
  /** Whose resets were seen on this machine; absent in tests of one source. */
  readonly accounts?: AccountResets
  /** What each session showed last; absent in tests that need no restart. */
  readonly shown?: ShownBySession
  /** Reports the state after each action. */
  report(report: SourceReport): void
}

/** Time and randomness; tests pass their own. */
export interface SourceClock extends Timer {
  /** Milliseconds since 1970. */
  now(): number
  /** 0 ≤ x < 1. */
  random(): number
}

/** The state of a source. The receiver adds the time and counts consecutive failures. */
export interface SourceReport {
  /**
   * `ok`: the last action succeeded. `waiting`: there is nothing to read yet (no file, never signed in), which is no failure.
   * `failing`: it will be retried. `needs_login`: a person has to sign in.
   */
  readonly state: 'ok' | 'waiting' | 'failing' | 'needs_login'
  /** The last action, for `signalbox collector status`, such as `read 5 windows`. */
  readonly did: string
  /** The next action, such as `reads when the file changes`. */
  readonly next: string
  /** Milliseconds; absent while it waits for a change and not for a time. */
  readonly nextAttemptAt?: number
  /** The error of the last action: `category` such as `SESSION_EXPIRED`; `message` includes the suggested fix. */
  readonly error?: { readonly category: string; readonly message: string }
}
