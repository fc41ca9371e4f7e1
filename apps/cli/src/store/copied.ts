/** What the hub's own program tells while it copies. */
export type CopyMessage = { readonly opened: Opened } | { readonly progress: CopyProgress } | { readonly done: Copied }

/** How many rows a store has, by kind. */
export type StoreSize = Readonly<Record<string, number>>

export interface Opened {
  /** Places as they may be shown: without passwords. */
  readonly from: string
  readonly to: string
  readonly source: StoreSize
  readonly target: StoreSize
}

export interface CopyProgress {
  readonly kind: string
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
  readonly counts: Readonly<Record<Noun, Counts>>
  readonly remarks: readonly Remark[]
}

export const nouns = [
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
export type Noun = (typeof nouns)[number]

/** They add up to the rows that came. */
export interface Counts {
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly skipped: number
}

/** Something that was not taken as it came. */
export interface Remark {
  readonly noun: Noun
  readonly reason: string
  /** How many it is true of. */
  readonly count: number
  /** Whether they were left out; else they were copied with this difference. */
  readonly skipped: boolean
  /** The first of them. */
  readonly ids: readonly string[]
}
