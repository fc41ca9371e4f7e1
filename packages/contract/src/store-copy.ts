// What the hub's program that copies a store tells to whoever started it, over its channel. No schema library here: both
// come from one tree, and the command line would wait for it before its first line of output.

export type CopyMessage = { readonly opened: CopyOpened } | { readonly progress: CopyProgress } | { readonly done: Copied }

/** Said before anything is written; where the target is not empty, the program waits for a word then. */
export interface CopyOpened {
  /** Places as they may be shown: without passwords. */
  readonly from: string
  readonly to: string
  readonly source: StoreSize
  readonly target: StoreSize
}

export interface CopyProgress {
  readonly kind: PieceKind
  /** Rows of this kind that are done. */
  readonly rows: number
}

/** What became of everything; `--json` prints it as it is. */
export interface Copied {
  readonly from: string
  readonly to: string
  /** Else it was stopped. */
  readonly finished: boolean
  /** Milliseconds. */
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
  'readings',
  'series',
  'plans',
  'collectors',
  'events',
  'answers',
  'secret',
] as const
export type CopiedNoun = (typeof copiedNouns)[number]

/** What a store has many of; tasks come with their sessions. */
export type RowKind = Exclude<CopiedNoun, 'tasks' | 'secret'>
/** What is copied in one piece; `whole` is what a store has one of. */
export type PieceKind = RowKind | 'whole'

/** How many rows there are, by kind; tasks come with their sessions and are not counted. */
export type StoreSize = Readonly<Record<RowKind, number>>

/** They add up to the rows that came. */
export interface CopyCounts {
  readonly added: number
  /** There already, and newer in the source. */
  readonly updated: number
  readonly unchanged: number
  /** Not taken; a remark says why. */
  readonly skipped: number
}

/** Something that was not taken as it came. */
export interface CopyRemark {
  readonly noun: CopiedNoun
  readonly reason: string
  /** How many it is true of. */
  readonly count: number
  /** Whether they were left out; else they were copied with this difference. */
  readonly skipped: boolean
  /** The first of them. */
  readonly ids: readonly string[]
}
