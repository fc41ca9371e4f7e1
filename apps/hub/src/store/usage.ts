import type { Call } from '@signalbox/contract/call'
import type { FolderTest } from '@signalbox/usage/project-map'
import type { Slice } from '@signalbox/usage/slice'
import type { Change } from './change.ts'

export interface UsageStore {
  /**
   * Stores calls by the winner rule, all or none; the machine of a call is the first that reported it.
   * Publishes `usage.updated` when any call is new or improved.
   */
  ingest(machine: string, calls: readonly Call[], change: Change): Promise<IngestCounts>
  /** Sums of the matching calls, oldest first. */
  slices(query: SliceQuery): Promise<Slice[]>
  /** The number of sessions with a call in [from, to). */
  countSessions(query: Pick<SliceQuery, 'from' | 'to' | 'filter'>): Promise<number>
  /**
   * The start of the latest five-hour block that begins at or before `at`; the block may be over by then. Blocks follow from
   * the calls, one after the other: each begins at the UTC hour of the first call after the end of the block before it. A
   * measured window ends this sequence: ask for instants before it.
   * @returns undefined when there is no call by then
   */
  blockStart(at: number, filter: UsageFilter): Promise<number | undefined>
  /** The instant of the last call; undefined when there is none. */
  lastCallAt(filter: UsageFilter): Promise<number | undefined>
  /** What counts of what Claude Code has recorded for sessions beyond their calls, session by session. */
  recordsOf(sessions: readonly string[]): Promise<Map<string, Call[]>>
  /** All that was reported of a session, and what of it counts. */
  reportsOf(session: string): Promise<SessionReports>
  state(): Promise<UsageState>
  /** The number of calls of a machine or a project. */
  countCalls(selection: CallSelection): Promise<number>
  /**
   * Deletes the calls of a machine or a project, and refuses from then on those up to this instant. Publishes
   * `usage.updated`. @returns how many
   */
  deleteCalls(selection: CallSelection, change: Change): Promise<number>
  /** Makes the calls of one machine those of another. Publishes `usage.updated`. @returns how many */
  moveCalls(from: string, to: string, change: Change): Promise<number>
}

/** The calls and records of one session, from every source, in any order. */
export interface SessionReports {
  /** As they came: rows of transcripts, telemetry about them or alone, and records that are no calls. */
  readonly reported: readonly Call[]
  /** What counts of them: rows that telemetry has finished, telemetry alone, and what it leaves of records. */
  readonly counted: readonly Call[]
}

/** Whose calls are meant. */
export type CallSelection = { readonly machine: string } | { readonly project: string }

/** The four add up to the number of calls given. */
export interface IngestCounts {
  readonly accepted: number
  readonly improved: number
  readonly duplicates: number
  /** Calls of data that was deleted, which are not stored; absent for none. */
  readonly deleted?: number
}

/** Of each name one, or several that are meant alike. An empty text matches the calls without that name. */
export interface UsageFilter {
  readonly machine?: NameFilter
  /** The folder of calls. */
  readonly project?: NameFilter
  /** Which folders, where a list of names is not enough. */
  readonly folders?: FolderTest | undefined
  readonly branch?: NameFilter
  readonly session?: NameFilter
  readonly model?: NameFilter
  readonly agent?: NameFilter
  /** `without`: only calls; `only`: only what Claude Code has recorded beyond its calls. */
  readonly notItemised?: 'without' | 'only' | undefined
}
export type NameFilter = string | readonly string[] | undefined

export type SliceName = 'machine' | 'project' | 'branch' | 'session'

export interface SliceQuery {
  /** The range [from, to), exact to the millisecond. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Instants, ascending, at which slices are cut: no slice spans one of them, as none spans `from` or `to`. */
  readonly cutAt?: readonly number[] | undefined
  readonly filter: UsageFilter
  /** The names to group by; a store may leave the others empty and sum over them. */
  readonly keep: readonly SliceName[]
  /**
   * An IANA time zone: slices may span one of its days (never two, nor a price change), which is much less to read.
   * Without it, slices span a quarter hour.
   */
  readonly daysOf?: string | undefined
  readonly now: number
}

export interface UsageState {
  /** Grows whenever a report may have changed. */
  readonly revision: number
  /** The instant of the last ingest, whether its calls were new or not. */
  readonly lastIngestAt: number | undefined
}
