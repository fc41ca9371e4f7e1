/** What the hub's own program tells while it works on the mirror. */
export type MirrorMessage =
  | { readonly opened: { readonly folder: string; readonly versions: number } }
  | { readonly progress: { readonly done: number } }
  | { readonly done: Rebuilt }
  | { readonly status: Status }

/** What became of a rebuild; `--json` prints it as it is. */
export interface Rebuilt {
  readonly folder: string
  readonly versions: number
  readonly written: number
  readonly unchanged: number
  readonly removed: number
  /** Names in whose place something stands that is no file. */
  readonly aside: readonly string[]
  /** Else it was stopped. */
  readonly finished: boolean
  /** Milliseconds. */
  readonly ms: number
}

/** How the files stand to the store; `--json` prints it as it is. */
export interface Status {
  /** Made with the store. */
  readonly store_id: string
  readonly folder: string
  /** Whether a hub of these settings writes them, and why not. */
  readonly kept: boolean
  readonly because?: string
  readonly versions: number
  readonly missing: readonly string[]
  readonly damaged: readonly string[]
  readonly leftOver: readonly string[]
  readonly foreign: number
  readonly latest?: { readonly file: string; readonly lastUpdated: string }
  readonly latestIsRight: boolean
  readonly metadataIsRight: boolean
  readonly inOrder: boolean
  /** Bytes. */
  readonly free: number
}
