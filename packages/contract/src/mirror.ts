// The messages that the hub's mirror program sends to its parent process over the IPC channel. They are types without
// schemas: both sides are of one version, and a schema library would delay the first line of CLI output.

export type MirrorMessage =
  | { readonly opened: { readonly folder: string; readonly versions: number } }
  | { readonly progress: { readonly done: number } }
  | { readonly done: MirrorRebuildResult }
  | { readonly status: MirrorStatus }

/** The result of a rebuild; `--json` prints this object. */
export interface MirrorRebuildResult {
  readonly folder: string
  /** The number of versions in the store at the last count. */
  readonly versions: number
  readonly written: number
  readonly unchanged: number
  readonly removed: number
  /** Names that are taken by something other than a regular file. */
  readonly aside: readonly string[]
  /** False when the rebuild was stopped. */
  readonly finished: boolean
  /** The duration, in milliseconds. */
  readonly ms: number
}

/** The difference between the files and the store; `--json` prints this object. */
export interface MirrorStatus {
  /** The id of the store. */
  readonly store_id: string
  readonly folder: string
  /** Whether a hub with these settings writes the files, and why not. */
  readonly kept: boolean
  readonly because?: string
  /** The number of versions in the store. */
  readonly versions: number
  /** The versions without a file, and the files whose content differs from their version. */
  readonly missing: readonly string[]
  readonly damaged: readonly string[]
  /** The files of versions that the store no longer has. */
  readonly leftOver: readonly string[]
  /** The versions that can be no file, such as one of a year that no file name can hold. */
  readonly aside: readonly string[]
  /** The number of files that other programs put there. */
  readonly foreign: number
  /** The file of the newest version; absent while there is none. */
  readonly latest?: { readonly file: string; readonly lastUpdated: string }
  /** Whether `console-usage-synced.json` is the newest version. */
  readonly latestIsRight: boolean
  readonly metadataIsRight: boolean
  /** Whether all of the above is as expected. */
  readonly inOrder: boolean
  /** Free bytes on the disk. */
  readonly free: number
}
