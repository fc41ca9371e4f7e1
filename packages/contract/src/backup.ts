import type { StoreSize } from './store-copy.ts'

// The messages that the hub's backup program sends to its parent process over the IPC channel. They are types without
// schemas: both sides are of one version.

export type BackupMessage =
  | { readonly step: BackupStep }
  | { readonly confirm: RestorePlan }
  | { readonly made: BackupResult }
  | { readonly checked: BackupCheck }
  | { readonly restored: RestoreResult }

/** What the program is busy with. `of` bytes are known where a file is copied. */
export interface BackupStep {
  readonly what: 'copying' | 'checking' | 'starting a hub on the copy' | 'restoring'
  readonly file?: string
  readonly bytes?: number
  readonly of?: number
}

/** One file of a backup. */
export interface BackupFile {
  readonly name: string
  readonly bytes: number
  /** SHA-256, in hexadecimal digits. */
  readonly sha256: string
}

/** The sums over all calls of a store; a hub that answers with others has lost some. */
export interface CallTotals {
  readonly calls: number
  readonly tokens: number
}

/** `manifest.json` of a backup: what it holds, so that it can be checked and found. */
export interface BackupManifest {
  readonly format: 1
  /** Of the Signalbox that made it. */
  readonly version: string
  /** ISO 8601: the backup holds what was stored before this instant. */
  readonly made_at: string
  readonly source: 'sqlite' | 'mongodb'
  readonly store_id: string
  /** The version of the database's schema. */
  readonly migration: number
  readonly counts: StoreSize
  readonly totals: CallTotals
  /** The id of the newest event; 0 for none. */
  readonly newest_event: number
  readonly files: readonly BackupFile[]
}

/** The result of `signalbox backup`. */
export interface BackupResult {
  readonly folder: string
  readonly manifest: BackupManifest
  /** False when the check was switched off. */
  readonly checked: boolean
  /** Older backups that were removed because of `--keep`. */
  readonly removed: readonly string[]
  readonly ms: number
}

export interface BackupCheck {
  readonly folder: string
  readonly manifest: BackupManifest
  readonly ms: number
}

/** What a restore is about to replace. */
export interface RestorePlan {
  readonly from: string
  readonly to: string
  readonly made_at: string
  /** The files of the target that will be kept under another name. */
  readonly replaces: readonly string[]
}

/** The result of `signalbox restore`. */
export interface RestoreResult {
  readonly from: string
  readonly to: string
  /** ISO 8601: what was stored after this instant is not in the restored store. */
  readonly made_at: string
  readonly counts: StoreSize
  readonly restored: readonly string[]
  /** Files that were there before, under their new names. */
  readonly kept: readonly string[]
  /** Files of the backup that were not needed, and why. */
  readonly left: readonly { readonly name: string; readonly reason: string }[]
  readonly ms: number
}
