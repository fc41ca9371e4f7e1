// What the hub's program that works on the mirror tells to whoever started it, over its channel. No schema library here:
// both come from one tree, and the command line would wait for it before its first line of output.

export type MirrorMessage =
  | { readonly opened: { readonly folder: string; readonly versions: number } }
  | { readonly progress: { readonly done: number } }
  | { readonly done: MirrorRebuilt }
  | { readonly status: MirrorStatus }

/** What became of a rebuild; `--json` prints it as it is. */
export interface MirrorRebuilt {
  readonly folder: string
  /** In the store, when it was last asked. */
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
export interface MirrorStatus {
  /** Made with the store. */
  readonly store_id: string
  readonly folder: string
  /** Whether a hub of these settings writes them, and why not. */
  readonly kept: boolean
  readonly because?: string
  /** In the store. */
  readonly versions: number
  /** Versions without a file, and files that hold something else than their version. */
  readonly missing: readonly string[]
  readonly damaged: readonly string[]
  /** Files of versions that the store no longer has. */
  readonly leftOver: readonly string[]
  /** What others put there. */
  readonly foreign: number
  /** Of the newest version; absent while there is none. */
  readonly latest?: { readonly file: string; readonly lastUpdated: string }
  /** Whether `console-usage-synced.json` is the newest version. */
  readonly latestIsRight: boolean
  readonly metadataIsRight: boolean
  /** Whether everything is as it should be. */
  readonly inOrder: boolean
  /** Bytes on its disk. */
  readonly free: number
}
