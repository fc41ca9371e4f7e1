import type { LimitSource } from '@signalbox/contract/limits'
import type { LimitSnapshot } from '@signalbox/usage/limit-snapshot'
import type { Logger } from 'pino'

/** Where plan limits are read. To add one: its file, its test, and a line in `sources.ts`. */
export interface Source {
  readonly name: LimitSource
  /**
   * Begins to read, and goes on until the signal is aborted. Nothing that happens ends it before; what goes wrong is
   * reported and tried again. A source that throws all the same, or ends, is started again after a minute.
   */
  start(context: SourceContext, signal: AbortSignal): RunningSource
}

export interface RunningSource {
  /** Resolves when the signal was aborted and all that it had open is closed. */
  readonly ended: Promise<void>
  /** Reads now and puts what it finds, whatever its timers say; asked while it reads, it answers for that reading. Never rejects. */
  readNow(): Promise<ReadOutcome>
}

export interface ReadOutcome {
  /** There is a reading as new as this source can have it. */
  readonly ok: boolean
  /** For people: why not, and what to do. */
  readonly message?: string
}

export interface SourceContext {
  /** Each source reads its own settings from it, with `readSettings`; they were checked before. */
  readonly env: NodeJS.ProcessEnv
  readonly clock: SourceClock
  /** Readings and page texts are never logged. */
  readonly log: Logger
  /** Keeps a reading and gets it to the hub; `source` and `machineId` are filled in. Never throws: on a full disk it is kept in memory, and written later. */
  put(snapshot: LimitSnapshot): void
  /** Says how it is, after each thing it does. */
  report(report: SourceReport): void
}

/** Time and chance, handed in so that tests need no patience. */
export interface SourceClock {
  /** Milliseconds since 1970. */
  now(): number
  /** 0 ≤ x < 1. */
  random(): number
  /** Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** How a source is. When it was said, and how often it failed in a row, is known to whoever hears it. */
export interface SourceReport {
  /**
   * `ok`: what it last did went well. `waiting`: there is nothing to read yet, which is no fault: no file, never signed in.
   * `failing`: it is tried again. `needs_login`: a person has to sign in.
   */
  readonly state: 'ok' | 'waiting' | 'failing' | 'needs_login'
  /** What it did, for `signalbox collector status`, such as `read 5 windows`. */
  readonly did: string
  /** What it will do next, such as `reads when the file changes`. */
  readonly next: string
  /** Milliseconds; absent where it waits for a change and not for a time. */
  readonly nextAttemptAt?: number
  /** Of the last thing it did: `category` such as `SESSION_EXPIRED`; `message` says what to do as well. */
  readonly error?: { readonly category: string; readonly message: string }
}
