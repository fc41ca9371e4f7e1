import type { Call } from '@signalbox/contract/call'
import type { EventType, HubEvent } from '@signalbox/contract/event'
import type { CreateKey, Key } from '@signalbox/contract/key'
import type { CollectorHealth, LimitReading, LimitTrigger } from '@signalbox/contract/limits'
import type { ListQuery } from '@signalbox/contract/list'
import type { MachineStatus } from '@signalbox/contract/machine'
import type { SessionStatus } from '@signalbox/contract/session'
import type { StoreSize } from '@signalbox/contract/store-copy'
import type { TaskStatus } from '@signalbox/contract/task'
import type { Slice } from '@signalbox/usage/slice'
import type { KeptReading } from '../limits/kept-reading.ts'
import type { WindowName } from '../limits/window-samples.ts'
import type { Decision, Needs, TakenSlot } from '../state/held.ts'
import type { MachineDecision, MachineRecord } from '../state/machine.ts'
import type { SessionRecord } from '../state/session-record.ts'
import type { TaskRecord } from '../state/task-record.ts'
import type { Portion, SessionWithTasks } from './copy/portion.ts'
import type { Tally } from './copy/tally.ts'

/**
 * What the hub needs of a store; `store.suite.ts` proves it for each.
 * A write resolves after it is durable, and its events are told after that, in the order in which the writes came.
 * Writes that arrive in the same turn of the event loop may share one commit. Instants are milliseconds.
 * Anything may throw a HubError with `database_error` (and say whether trying again makes sense), nothing else but what
 * is named at each method.
 */
export interface Store {
  /** Made by chance with the store and kept with it: an emptied store has another. */
  readonly id: string
  readonly sessions: SessionStore
  readonly tasks: TaskStore
  readonly machines: MachineStore
  readonly usage: UsageStore
  readonly limits: LimitStore
  readonly keys: KeyStore
  readonly events: EventStore
  readonly copy: CopyStore
  /**
   * Work of many writes that may be done again without harm: its result is kept when it is done, and given again to the
   * same request.
   */
  repeatable<T>(change: Change, work: () => Promise<T>): Promise<T>
  /** @throws HubError when the store cannot be read or written now. */
  check(): Promise<void>
  /** Removes what is kept for a time only: old events, answers of writes with an `Idempotency-Key`. @returns rows removed */
  sweep(now: number): Promise<number>
  /** Ends every commit that is under way. */
  close(): Promise<void>
}

/** What every write is given. */
export interface Change {
  readonly now: number
  readonly once?: Once | undefined
}

/**
 * Makes a write happen once: its result is kept, in the same commit as the write, for 24 hours, and given again to
 * whoever comes with the same owner and key.
 * A write with the same key and another fingerprint throws `conflict`.
 */
export interface Once {
  /** Who writes: two clients may choose the same key. */
  readonly owner: string
  readonly key: string
  /** Of what is asked for. */
  readonly fingerprint: string
  /** Set by the store when the result is one that was kept. */
  replayed: boolean
}

export interface Page<T> {
  readonly rows: T[]
  /** How many there are without `limit` and `offset`. */
  readonly total: number
}

/** A session, its tasks and its slot change together or not at all; what may become of them is decided in `state/`. */
export interface SessionStore {
  /**
   * Hands a session and what belongs to it to a decision and writes the outcome: the session, its tasks, the events, a
   * machine that was not known, and the machine's own sign of life. The decision may be asked again when somebody else
   * was faster.
   * @throws what the decision throws; HubError `conflict` when the slot was claimed, or the id taken, at the same moment
   */
  change<T>(id: string, needs: Needs, change: Change, decide: Decision<T>): Promise<T>
  find(id: string): Promise<SessionRecord | undefined>
  list(query: SessionQuery): Promise<Page<SessionRecord>>
  /** How many there are in each status. */
  counts(filter: Pick<SessionQuery, 'project_id' | 'machine_id'>): Promise<Record<SessionStatus, number>>
  /** Ids of the sessions that are overdue, the longest first; see `dueOf`. */
  due(query: DueQuery): Promise<string[]>
  /**
   * How many sessions are listened for, and how many of them fell silent together: overdue, or overdue within the time
   * of one beat, and not granted another interval already.
   */
  silence(query: Omit<DueQuery, 'limit'>): Promise<{ beating: number; falling: number }>
  /** Ids of sessions that beat later than now: the clock was set back. */
  fromTheFuture(now: number, limit: number): Promise<string[]>
  /** Sessions that ended before an instant, the oldest end first. */
  ended(query: EndedQuery & { limit: number }): Promise<{ session_id: string; status: SessionStatus }[]>
  countEnded(query: EndedQuery): Promise<{ status: SessionStatus; sessions: number; tasks: number }[]>
}

export interface SessionQuery extends ListQuery {
  readonly statuses?: readonly SessionStatus[] | undefined
  readonly project_id?: string | undefined
  readonly machine_id?: string | undefined
  /** Only those whose id begins so: as it is written, or all in small letters or capitals. */
  readonly session_id_prefix?: string | undefined
  /** Only those whose last beat is older. */
  readonly beatBefore?: number | undefined
  /** Ties by id. */
  readonly order: 'newest' | 'oldest beat'
}

export interface DueQuery {
  readonly now: number
  /** Since when somebody listens: who was silent before gets one more interval from then on. */
  readonly heardSince: number
  readonly limit: number
}

export interface EndedQuery {
  readonly statuses: readonly SessionStatus[]
  /** They completed or failed before this instant. */
  readonly before: number
}

/** Tasks are changed through their session. */
export interface TaskStore {
  find(id: string): Promise<TaskRecord | undefined>
  /** Those of a session, in the order they were made. */
  ofSession(id: string): Promise<TaskRecord[]>
  /** Newest first, ties by id. */
  list(query: TaskQuery): Promise<Page<TaskRecord>>
}

export interface TaskQuery extends ListQuery {
  readonly session_id?: string | undefined
  readonly project_id?: string | undefined
  readonly statuses?: readonly TaskStatus[] | undefined
}

export interface MachineStore {
  /** As `SessionStore.change`. */
  change<T>(id: string, change: Change, decide: MachineDecision<T>): Promise<T>
  find(id: string): Promise<MachineRecord | undefined>
  /** By id. */
  list(query: MachineQuery): Promise<Page<MachineRecord>>
  /** Machines that are online and have a free slot, most free first, ties by id. */
  available(query: ListQuery): Promise<Page<{ machine: MachineRecord; taken: TakenSlot[] }>>
  /** Ids of the live sessions on each of these machines, ascending. */
  sessionsOf(ids: readonly string[]): Promise<Map<string, string[]>>
  /** Ids of the machines that are overdue. */
  due(query: DueQuery): Promise<string[]>
}

export interface MachineQuery extends ListQuery {
  readonly statuses?: readonly MachineStatus[] | undefined
  readonly hostname?: string | undefined
}

export interface UsageStore {
  /**
   * Keeps calls by the winner rule; the machine of a call is the first that reported it. All or none.
   * Tells `usage.updated` when anything is new.
   */
  ingest(machine: string, calls: readonly Call[], change: Change): Promise<IngestCounts>
  /** Sums of the calls asked for, oldest first. */
  slices(query: SliceQuery): Promise<Slice[]>
  /** How many sessions have a call in [from, to). */
  countSessions(query: Pick<SliceQuery, 'from' | 'to' | 'filter'>): Promise<number>
  /**
   * Where the last five-hour block begins that does so at or before an instant; it may be over by then. Blocks follow
   * from the calls before them, one after the other: each begins at the UTC hour of the first call after the last one's
   * end. A measured window puts an end to that: ask for instants before it.
   * @returns undefined when no call was made by then
   */
  blockStart(at: number, filter: UsageFilter): Promise<number | undefined>
  /** Of the last call there is; undefined when there is none. */
  lastCallAt(filter: UsageFilter): Promise<number | undefined>
  state(): Promise<UsageState>
}

/** They add up to the calls given. */
export interface IngestCounts {
  readonly accepted: number
  readonly improved: number
  readonly duplicates: number
}

/** An empty text means the calls without that name. */
export interface UsageFilter {
  readonly machine?: string | undefined
  readonly project?: string | undefined
  readonly branch?: string | undefined
  readonly session?: string | undefined
  readonly model?: string | undefined
}

export type SliceName = 'machine' | 'project' | 'branch' | 'session'

export interface SliceQuery {
  /** [from, to), exact to the millisecond. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Instants, ascending: no slice lies across one, as none lies across `from` and `to`. */
  readonly cutAt?: readonly number[] | undefined
  readonly filter: UsageFilter
  /** The names that matter; a store may leave the others empty and add up over them. */
  readonly keep: readonly SliceName[]
  /**
   * An IANA zone: slices may span one of its days (never two, nor a change of prices), which is much less to read.
   * Otherwise they span a quarter hour.
   */
  readonly daysOf?: string | undefined
  readonly now: number
}

export interface UsageState {
  /** Grows whenever a report may have changed. */
  readonly revision: number
  /** When calls last came in, new or not. */
  readonly lastIngestAt: number | undefined
}

/**
 * Readings of the plan limits, each a version of its account; the thinned series that outlives them; and collectors: how
 * they are, and what they are asked for. Where several accounts are given, their versions are counted through together.
 */
export interface LimitStore {
  /**
   * Keeps a reading once for its account and `idempotencyKey` (without one: for all it says), and what it adds to the
   * thinned series, in one commit. Tells `limits.snapshot` when it is new. What its collector says of itself is kept too.
   */
  put(reading: LimitReading, change: Change): Promise<StoredReading>
  /** By the newest version, the newest first. */
  accounts(): Promise<LimitAccount[]>
  /** The newest of each machine and source. */
  heads(accounts: readonly string[]): Promise<KeptReading[]>
  /** @param version 1 is the oldest @returns undefined when there is none */
  version(accounts: readonly string[], version: number): Promise<KeptReading | undefined>
  /** The one nearest to an instant; of two as near, the earlier. */
  nearest(accounts: readonly string[], at: number): Promise<KeptReading | undefined>
  /** Which version it is now: how many there are up to it. */
  versionOf(accounts: readonly string[], reading: Pick<KeptReading, 'at' | 'id'>): Promise<number>
  /** In [from, to], the oldest first, in pieces; without ends all there are, of all accounts unless some are named. */
  readings(query?: ReadingQuery): AsyncIterable<readonly KeptReading[]>
  /** The thinned series of days in [from, to], the earliest first. */
  days(query: DayQuery): Promise<LimitDay[]>
  /** Names of the windows there ever were. */
  windows(accounts: readonly string[]): Promise<WindowName[]>
  /**
   * Removes versions that are neither among the newest nor young enough, and what is too old of the thinned series.
   * Age is counted from the newest version where the clock is ahead of it, so that a clock that was set wrong removes nothing.
   * @returns the versions removed, at most a thousand: then there may be more
   */
  retain(account: string, keep: LimitsKept, now: number): Promise<Pick<KeptReading, 'id' | 'account' | 'at'>[]>
  /** Of all accounts. */
  metadata(): Promise<StorageMetadata>
  /** Keeps what a collector says, and how triggers ended. Tells `limits.snapshot` when its state is another one. */
  hear(word: CollectorWord, change: Change): Promise<void>
  /** It is not there any more, if it has not asked again since. @param asking of its last word */
  leave(machine: string, asking: string): Promise<void>
  /** Whoever was heard last first. */
  collectors(): Promise<CollectorRecord[]>
  /** Asks a collector for a reading; tells `limits.trigger`. */
  requestTrigger(id: string, machine: string, change: Change): Promise<void>
  /** The oldest request for a machine that is not older than `TRIGGER_WAITS_MS`, handed out once. Tells `limits.trigger`. */
  takeTrigger(machine: string, now: number): Promise<LimitTrigger | undefined>
  /** Ends triggers that nobody took, or that nobody ended, in time. @returns how many */
  expireTriggers(now: number): Promise<number>
}

export interface StoredReading {
  readonly version: KeptReading
  /** False: it was there already. */
  readonly fresh: boolean
  /** 1 is the oldest of its account. */
  readonly number: number
}

/** Instants are milliseconds. */
export interface LimitAccount {
  /** Empty: of readings that name none. */
  readonly account: string
  readonly versions: number
  readonly oldestAt: number | undefined
  readonly newestAt: number | undefined
  /** Ever. */
  readonly created: number
}

export interface ReadingQuery {
  readonly accounts?: readonly string[] | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export interface DayQuery {
  readonly accounts: readonly string[]
  /** Days since 1970, both ends included. */
  readonly from: number
  readonly to: number
}

export interface LimitDay {
  readonly account: string
  /** See `windowKey`. */
  readonly window: string
  readonly day: number
  /** See `limits/day-hours.ts`. */
  readonly hours: Uint8Array
}

export interface LimitsKept {
  readonly versions: number
  readonly days: number
}

export interface StorageMetadata {
  readonly versionCount: number
  readonly oldestTimestamp: string | null
  readonly newestTimestamp: string | null
  /** When retention last removed a version. */
  readonly lastCleanup: string | null
  readonly totalVersionsCreated: number
  readonly totalVersionsDeleted: number
}

export interface CollectorWord {
  readonly machine: string
  readonly account?: string | undefined
  readonly health: CollectorHealth
  /** A name for this question, so that its end is not taken for that of a later one. */
  readonly asking: string
  readonly ended?: readonly { readonly id: string; readonly step: 'done' | 'failed'; readonly message?: string | undefined }[] | undefined
}

/** Instants are milliseconds. */
export interface CollectorRecord {
  readonly machine: string
  /** The account it named last. */
  readonly account: string | undefined
  /** Undefined while only readings without it came from there. */
  readonly health: CollectorHealth | undefined
  readonly seenAt: number
  /** When it last asked for work; undefined when it has left since. */
  readonly askedAt: number | undefined
}

/** Milliseconds for which a trigger waits to be taken, and then for its end. */
export const TRIGGER_WAITS_MS = 30_000
export const TRIGGER_RUNS_MS = 5 * 60_000
/** The thinned series is kept for as many days. */
export const THINNED_DAYS = 400

export interface KeyStore {
  /** @param hash SHA-256 of the key, hex */
  create(key: Pick<Key, 'key_id' | 'prefix'> & CreateKey, hash: string, change: Change): Promise<Key>
  /** Newest first, ties by id; revoked ones too. */
  list(query: ListQuery): Promise<{ rows: Key[]; total: number }>
  find(id: string): Promise<Key | undefined>
  /** The keys that begin with these eight characters, revoked ones too. */
  findByPrefix(prefix: string): Promise<{ key: Key; hash: string }[]>
  /** Whether any key was ever made. */
  any(): Promise<boolean>
  /** Whether a key would be accepted now. */
  anyUsable(now: number): Promise<boolean>
  /**
   * Refuses a key from now on; one that is refused already stays as it is.
   * @throws HubError `not_found`, `precondition_failed` when it is at another revision
   */
  revoke(id: string, revision: number | undefined, change: Change): Promise<Key>
  /** Notes that a key was used. */
  touch(id: string, now: number): Promise<void>
  /** What cookies are signed with: made by chance at first, the same ever after. */
  cookieSecret(): Promise<string>
}

/** What becomes an event when the write is committed. */
export interface NewEvent {
  readonly event: EventType
  readonly data: Readonly<Record<string, unknown>>
}

export interface EventFilter {
  readonly types?: readonly EventType[] | undefined
  readonly session_id?: string | undefined
  readonly project_id?: string | undefined
  readonly machine_id?: string | undefined
}

export interface EventStore {
  /** Adds events that are about the hub itself and come with no other write. */
  append(events: readonly NewEvent[], change: Change): Promise<void>
  /** The oldest events after an id, in the order of their ids. */
  page(query: EventFilter & { after: number; limit: number }): Promise<HubEvent[]>
  /** The newest events, in the order of their ids. */
  latest(query: EventFilter & { limit: number }): Promise<HubEvent[]>
  /** Ids of the oldest event still there and of the last one ever told; 0 when there was none. */
  bounds(): Promise<{ first: number; last: number }>
  /** Calls back after each commit that made events, with all of them, in the order of their ids. @returns how to stop */
  listen(listener: (events: readonly HubEvent[]) => void): () => void
}

/** Everything of a store, for another one; see `copy/copy-store.ts`. */
export interface CopyStore {
  size(): Promise<StoreSize>
  /**
   * All there is, piece by piece. Others may write meanwhile: what they write is in it or not. What has an end and is
   * past it is left out, and so are writes that are under way.
   */
  dump(now: number): AsyncIterable<Portion>
  /**
   * Takes a piece of another store in, durably: what is there already and as new stays. Done twice it changes nothing.
   * Nothing of it is told; only events that come into a log others follow are heard by who follows it.
   * @param source id of the store it comes from
   */
  load(portion: Portion, source: string, now: number): Promise<Loaded>
  /** After the last piece: does what was put off until then. */
  settle(): Promise<void>
}

export interface Loaded {
  readonly tally: Tally
  /** Sessions that were taken without their slot, because another one holds it now. */
  readonly waiting: readonly SessionWithTasks[]
}

/** The event log is kept for as long and for as many events as this, whichever ends first. */
export const EVENTS_KEPT_MS = 30 * 86_400_000
export const EVENTS_KEPT = 100_000
/** How long the result of a write with an `Idempotency-Key` is kept. */
export const ONCE_KEPT_MS = 86_400_000
