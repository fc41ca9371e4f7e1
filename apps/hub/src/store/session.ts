import type { SessionStatus } from '@signalbox/contract/session'
import type { Decision, ObservedRow, ReadSet } from '../state/change-set.ts'
import type { Listening } from '../state/listening.ts'
import type { SessionRecord } from '../state/session-record.ts'
import type { WatchedSession } from '../state/watched-session.ts'
import type { Change, ListRange, Page } from './change.ts'

/** A session, its tasks and its slot change together or not at all; `state/` decides how. */
export interface SessionStore {
  /**
   * Gives the session's current state to a decision and writes its change set: the session, its tasks, the events, a new
   * machine, and the heartbeat of the machine. After a concurrent change the decision is asked again.
   * @throws what the decision throws; HubError `conflict` when another session took the slot, or the id, at the same moment
   */
  change<T>(id: string, readSet: ReadSet, change: Change, decide: Decision<T>): Promise<T>
  find(id: string): Promise<SessionRecord | undefined>
  /**
   * The instant up to which what is said of a session was deleted: when it was removed itself, or the data of its machine or
   * of one of the projects. Minus infinity where neither is known.
   */
  removedUpTo(id: string, machine: string, projects: readonly string[]): Promise<number>
  /** The newest observed events of a session, oldest first. */
  observedEvents(id: string, limit: number): Promise<ObservedRow[]>
  list(query: SessionQuery): Promise<Page<SessionRecord>>
  /** The ids of all live sessions of a machine that are observed, without their records, which may be large. */
  observedOn(machineId: string): Promise<string[]>
  /** What alerts ask of all live sessions, and of those that failed since an instant, in any order. */
  watched(query: { readonly failedSince: number }): Promise<WatchedSession[]>
  /** The number of sessions in each status. */
  counts(filter: Pick<SessionQuery, 'project_id' | 'machine_id'>): Promise<Record<SessionStatus, number>>
  /** The ids of the sessions whose heartbeat is overdue, the longest overdue first; see `Listening`. */
  due(query: DueQuery): Promise<string[]>
  /**
   * The number of monitored sessions, and how many of them fell overdue together: overdue now or within one heartbeat
   * interval, and without a grace period already. Sessions that are only observed do not count: each would be called "not
   * seen", which is true of many when the collector of their machine is gone. `since` is the earliest last heartbeat of
   * these, or now.
   */
  countOverdue(query: Omit<DueQuery, 'limit'>): Promise<{ monitored: number; overdueTogether: number; since: number }>
  /** The ids of the sessions that were stalled for too long; see `failDueAt`. */
  stalledTooLong(query: StalledQuery): Promise<string[]>
  /** The ids of the observed sessions that were not seen for too long and hold a slot; see `slotLostAt`. */
  lostSlots(query: StalledQuery): Promise<string[]>
  /** The ids of sessions whose last heartbeat is later than now: the clock was set back. */
  heartbeatsInFuture(now: number, limit: number): Promise<string[]>
  /** Sessions that ended before an instant, earliest end first. */
  ended(query: EndedQuery & { limit: number }): Promise<{ session_id: string; status: SessionStatus }[]>
  countEnded(query: EndedQuery): Promise<{ status: SessionStatus; sessions: number; tasks: number }[]>
}

/** The observed events that are kept of one session: the newest. */
export const MAX_OBSERVED_EVENTS = 2_000

export interface SessionQuery extends ListRange {
  readonly statuses?: readonly SessionStatus[] | undefined
  readonly project_id?: string | undefined
  readonly machine_id?: string | undefined
  /** Only sessions whose id begins so: as written, in lower case or in upper case. */
  readonly session_id_prefix?: string | undefined
  /** Only sessions whose last heartbeat is before this instant. */
  readonly heartbeatBefore?: number | undefined
  /** Ties by id. */
  readonly order: 'newest' | 'oldest heartbeat'
}

export interface DueQuery {
  readonly now: number
  /** When heartbeats were received. */
  readonly listening: Listening
  readonly limit: number
}

export interface StalledQuery extends DueQuery {
  /** For sessions that do not say otherwise; 0 never. */
  readonly failAfterMs: number
}

export interface EndedQuery {
  readonly statuses: readonly SessionStatus[]
  /** Only sessions that completed or failed before this instant. */
  readonly before: number
}
