// The messages that the hub's copy program sends to its parent process over the IPC channel. They are types without
// schemas: both sides are of one version, and a schema library would delay the first line of CLI output.

export type CopyMessage = { readonly opened: CopyOpened } | { readonly progress: CopyProgress } | { readonly done: CopyResult }

/** Sent before anything is written. Where the target is not empty, the program then waits for a confirmation. */
export interface CopyOpened {
  /** Locations without passwords. */
  readonly from: string
  readonly to: string
  readonly source: StoreSize
  readonly target: StoreSize
}

export interface CopyProgress {
  readonly kind: PieceKind
  /** The number of rows of this kind that have been processed. */
  readonly rows: number
}

/** The result of a copy; `--json` prints this object. */
export interface CopyResult {
  readonly from: string
  readonly to: string
  /** False when the copy was stopped. */
  readonly finished: boolean
  /** The duration, in milliseconds. */
  readonly ms: number
  readonly counts: Readonly<Record<CopiedNoun, CopyCounts>>
  readonly remarks: readonly CopyRemark[]
}

export const copiedNouns = [
  'calls',
  'sessions',
  'tasks',
  'machines',
  'keys',
  'audit',
  'readings',
  'series',
  'plans',
  'collectors',
  'alerts',
  'events',
  'answers',
  'secret',
] as const
export type CopiedNoun = (typeof copiedNouns)[number]

/** The kinds that a store has many rows of; tasks are copied with their sessions. */
export type RowKind = Exclude<CopiedNoun, 'tasks' | 'secret'>
/** The kinds that are copied in portions; `whole` is everything that a store has once. */
export type PieceKind = RowKind | 'whole'

/** The number of rows by kind; tasks belong to their sessions and are not counted. */
export type StoreSize = Readonly<Record<RowKind, number>>

/** The outcomes of rows; they add up to the rows of the source. */
export interface CopyCounts {
  readonly added: number
  /** Rows that existed and are newer in the source. */
  readonly updated: number
  readonly unchanged: number
  /** Rows that were not copied; a remark says why. */
  readonly skipped: number
}

/** A reason why rows were skipped or changed. */
export interface CopyRemark {
  readonly noun: CopiedNoun
  readonly reason: string
  /** The number of such rows. */
  readonly count: number
  /** Whether the rows were skipped; otherwise they were copied with this difference. */
  readonly skipped: boolean
  /** The ids of the first such rows. */
  readonly ids: readonly string[]
}
