import type { AlertStore } from './alert.ts'
import type { AuditStore } from './audit.ts'
import type { BudgetStore } from './budget.ts'
import type { Change } from './change.ts'
import type { CopyStore } from './copy.ts'
import type { EventStore } from './event.ts'
import type { FolderStore } from './folder.ts'
import type { HeldReports } from './held-report.ts'
import type { InviteStore } from './invite.ts'
import type { KeyStore } from './key.ts'
import type { LimitStore } from './limits.ts'
import type { ListeningStore } from './listening.ts'
import type { MachineStore } from './machine.ts'
import type { QuestionRelay } from './question-relay.ts'
import type { SavedViewStore } from './saved-view.ts'
import type { SessionStore } from './session.ts'
import type { SignInStore } from './sign-in.ts'
import type { TaskStore } from './task.ts'
import type { UsageStore } from './usage.ts'
import type { WriteTimes } from './write-times.ts'

/**
 * The hub's storage contract; `store.suite.ts` proves it for each store.
 * A write resolves after it is durable; its events are published after that, in the order of the writes.
 * Writes that arrive in the same turn of the event loop may share a commit. Instants are milliseconds.
 * Every method may throw a HubError with `database_error` or `unavailable`, which says whether a retry makes sense; any
 * other error is named at the method.
 */
export interface Store {
  /** A random id, made with the store: a store that was emptied has another one. */
  readonly id: string
  readonly sessions: SessionStore
  readonly tasks: TaskStore
  readonly machines: MachineStore
  readonly usage: UsageStore
  readonly folders: FolderStore
  readonly limits: LimitStore
  readonly keys: KeyStore
  readonly invites: InviteStore
  readonly listening: ListeningStore
  readonly signIns: SignInStore
  readonly audit: AuditStore
  readonly alerts: AlertStore
  readonly budgets: BudgetStore
  readonly savedViews: SavedViewStore
  readonly events: EventStore
  readonly copy: CopyStore
  /** Where several hubs may share the store. */
  readonly questions?: QuestionRelay
  readonly held?: HeldReports
  readonly writeTimes: WriteTimes
  /** Bytes on the disk; undefined where the database does not say. */
  size(): Promise<number | undefined>
  /**
   * Runs work of many writes that is safe to repeat, and stores its result at the end: the same request gets it again.
   */
  runIdempotent<T>(change: Change, work: () => Promise<T>): Promise<T>
  /** @throws HubError when the store cannot be read or written now */
  check(): Promise<void>
  /** Looks for damage beside the requests, which may take minutes; `check` reports it then. A server does that by itself. */
  verify(): Promise<void>
  /** Removes expired rows: old events, invites, and results of idempotent writes. @returns rows removed */
  sweep(now: number): Promise<number>
  /** Waits for the commits in progress, and closes. */
  close(): Promise<void>
}
